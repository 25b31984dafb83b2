"""Products on shelves, of sellers who may sell."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from tests.clock import moment
from tests.doubles import Double
from tests.factories import organisations

from chalandise.catalogue.actions import NewProduct
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.catalogue.actions.shelf import add_product, add_variant
from chalandise.catalogue.books import PUBLISHED
from chalandise.catalogue.models import (
    MandateAcceptance,
    Offer,
    Product,
    ProductCategory,
    SellerProfile,
)
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.states import ProductState
from chalandise.directory.models import Establishment
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation

BY = Actor("merchant", "1", "Claire Fournil")
SINCE = moment("2026-09-01 09:00")

PUBLISHER = {
    "manufacturer_name": "Éditions d’Olt",
    "manufacturer_address": "8 rue des Typographes\n46000 Cahors",
    "manufacturer_email": "editions@exemple.test",
}

_number = count(1)


def categories() -> None:
    """Bring the shipped categories, once."""
    if not ProductCategory.objects.exists():
        SHIPPED.again()


def _load() -> int:
    return load_product_categories(by=Actor.system("tests"), at=SINCE)


SHIPPED = Double(_load, but=Entry)


def seller(organisation: Organisation, **fields: object) -> SellerProfile:
    """Make a seller of whom nothing is missing."""
    number = organisation.pk
    values: dict[str, object] = {
        "legal_name": f"{organisation.name} SARL",
        "address": "1 rue du Marché\n46000 Cahors",
        "email": f"boutique-{number}@exemple.test",
        "phone": "+33565000001",
        "siren": "123456782",
        "siret": "12345678200010",
        "vat_number": "FR00123456782",
        "mediator_name": "Médiation de démonstration",
        "mediator_url": "https://mediation.exemple.test/",
        "terms_html": "<p>Nos conditions de vente.</p>",
        "terms_version": 1,
        "may_sell_alcohol": True,
        "alcohol_licence": "Petite licence à emporter",
        **fields,
    }
    made, is_new = SellerProfile.objects.get_or_create(organisation=organisation, defaults=values)
    if not is_new and fields:
        SellerProfile.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    MandateAcceptance.objects.get_or_create(
        organisation=organisation,
        text_version=MANDATE_VERSION,
        defaults={"accepted_at": SINCE, "accepted_by": "Claire Fournil"},
    )
    return made


def product(
    establishment: Establishment,
    name: str = "",
    *,
    price_cents: int = 250,
    category: str = "pains",
    at: datetime = SINCE,
    state: str = ProductState.PUBLISHED,
    new: dict[str, object] | None = None,
    **fields: object,
) -> Product:
    """Make a product with one offer, on the shelf of a seller who may sell.

    ``new`` completes what is said when it is made, ``fields`` are written as they are.
    """
    categories()
    if establishment.organisation is None:
        establishment.organisation = organisations.organisation()
        establishment.save(update_fields=["organisation"])
    seller(establishment.organisation)
    details: dict[str, object] = {
        "name": name or f"Produit {next(_number)}",
        "price_cents": price_cents,
        "category": category,
        "allergens": (),
        **(new or {}),
    }
    made = add_product(establishment, NewProduct(**details), by=BY, at=at)  # type: ignore[arg-type]
    if category in PUBLISHED:
        fields.setdefault("safety", dict(PUBLISHER))
    values = {"state": state, "published_at": at, **fields}
    Product.objects.filter(pk=made.pk).update(**values)
    made.refresh_from_db()
    return made


def offer(establishment: Establishment, name: str = "", **details: object) -> Offer:
    """Make a product on the shelf and return its only offer."""
    return offer_of(product(establishment, name, **details))  # type: ignore[arg-type]


def offer_of(made: Product) -> Offer:
    """The first offer of a product, everything above it at hand."""
    return (
        Offer.objects.select_related("variant__product__establishment__organisation")
        .filter(variant__product=made)
        .order_by("variant__position", "pk")[0]
    )


def variant(made: Product, name: str, *, price_cents: int, position: int = 1) -> Offer:
    """Give a product one more form."""
    new = NewProduct(name=made.name, price_cents=price_cents, variant_name=name)
    return add_variant(made, new, by=BY, at=SINCE, position=position)
