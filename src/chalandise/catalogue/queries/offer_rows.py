"""Offers with everything that their terms depend on, asked in plain SQL.

Every list, every cart and every step of a checkout asks for them: the ORM would take longer to say
the question than PostgreSQL to answer it. What comes back are ordinary instances, with the long texts
left to be fetched if asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalandise.catalogue.models import Offer, Product, ProductCategory, SellerProfile, Variant
from chalandise.catalogue.queries.rows import join, taken
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.directory.models import Establishment
from chalandise.directory.queries.statements import ask
from chalandise.organisations.models import Organisation
from chalandise.territories.models import Territory

_OFFER = [field.attname for field in Offer._meta.concrete_fields]
_VARIANT = ["id", "product_id", "name", "net_quantity", "net_unit", "weight_grams", "position"]
_PRODUCT = [
    *("id", "public_id", "slug", "establishment_id", "category_id", "name", "kind", "state"),
    *("is_made_here", "labels", "allergens", "alcohol_degree", "minimum_age", "is_perishable"),
    *("withdrawal_exception", "durability"),
]
_CATEGORY = ["key", "name", "icon", "goods_kind", "minimum_age", "is_alcohol"]
_SHOP = ["id", "slug", "name", "organisation_id", "commune_id", "timezone", "status"]
_TOWN = [
    *("key", "kind", "code", "name", "region_id", "departement_id", "epci_id", "commune_id"),
]
_ORGANISATION = ["id", "siren", "name"]
_SELLER = [
    *("id", "organisation_id", "legal_name", "address", "email", "phone", "siret", "vat_number"),
    *("vat_regime", "mediator_name", "mediator_address", "mediator_url", "terms_version"),
    *("is_selling", "held_at"),
]

_CAST = {"durability": "::json"}  # read as what it holds; ``jsonb`` comes as text


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}{_CAST.get(name, '')}" for name in names)


_ROWS = f"""
    SELECT {_columns("f", _OFFER)}, {_columns("v", _VARIANT)}, {_columns("p", _PRODUCT)},
        {_columns("c", _CATEGORY)}, {_columns("e", _SHOP)}, {_columns("t", _TOWN)},
        {_columns("o", _ORGANISATION)}, {_columns("s", _SELLER)},
        (
            SELECT json_build_object('name', h.name, 'alt', h.alt)
            FROM catalogue_productphoto h WHERE h.product_id = p.id
            ORDER BY h.position, h.id LIMIT 1
        ),
        (
            SELECT true FROM catalogue_promotion r
            WHERE r.offer_id = f.id AND r.starts_at <= $2 AND r.ends_at > $2 LIMIT 1
        ),
        (
            SELECT true FROM catalogue_mandateacceptance m
            WHERE m.organisation_id = e.organisation_id AND m.text_version = $3 LIMIT 1
        )
    FROM catalogue_offer f
    JOIN catalogue_variant v ON v.id = f.variant_id
    JOIN catalogue_product p ON p.id = v.product_id
    JOIN catalogue_productcategory c ON c.key = p.category_id
    JOIN directory_establishment e ON e.id = p.establishment_id
    JOIN territories_territory t ON t.key = e.commune_id
    LEFT JOIN organisations_organisation o ON o.id = e.organisation_id
    LEFT JOIN catalogue_sellerprofile s ON s.organisation_id = o.id
"""  # noqa: S608 (joined of constants)
# With EXISTS, the one plan for every value reads all promotions and mandates there are, to look the
# few that are asked for up among them: `LIMIT 1` has each asked for by its key.
_OFFERS = f"{_ROWS} WHERE f.id = ANY($1::bigint[]) ORDER BY f.id"
_OFFERS_OF_PRODUCTS = f"{_ROWS} WHERE v.product_id = ANY($1::bigint[]) ORDER BY v.position, f.id"


@dataclass(frozen=True)
class OfferRow:
    """An offer with its variant, product, category, shop, commune and seller at hand."""

    offer: Offer
    photo: dict[str, str]
    has_promotion: bool
    has_mandate: bool

    @property
    def shop(self) -> Establishment:
        """The shop that sells it."""
        return self.offer.variant.product.establishment


def offer_rows(offer_ids: Iterable[int], *, at: datetime) -> list[OfferRow]:
    """Return offers by key, unknown ones left out; one statement."""
    return _asked(_OFFERS, offer_ids, at)


def rows_of_products(product_ids: Iterable[int], *, at: datetime) -> list[OfferRow]:
    """Return the offers of products, of each product the first variant first; one statement."""
    return _asked(_OFFERS_OF_PRODUCTS, product_ids, at)


_BIGGEST = 2**63 - 1


def _asked(sql: str, ids: Iterable[int], at: datetime) -> list[OfferRow]:
    wanted = [one for one in set(ids) if -_BIGGEST <= one <= _BIGGEST]
    shops: dict[int, Establishment] = {}
    return [_read(list(row), shops) for row in ask(sql, [wanted, at, MANDATE_VERSION])]


def _read(values: list[Any], shops: dict[int, Establishment]) -> OfferRow:
    offer = taken(Offer, _OFFER, values)
    variant = taken(Variant, _VARIANT, values)
    product = taken(Product, _PRODUCT, values)
    join(product, "category", taken(ProductCategory, _CATEGORY, values))
    photo, has_promotion, has_mandate = values[-3:]
    shop = shops.get(product.establishment_id)
    if shop is None:  # its other offers in the same answer share it
        shop = shops[product.establishment_id] = _shop(values)
    join(product, "establishment", shop)
    join(variant, "product", product)
    join(offer, "variant", variant)
    return OfferRow(offer, photo or {}, bool(has_promotion), bool(has_mandate))


def _shop(values: list[Any]) -> Establishment:
    shop = taken(Establishment, _SHOP, values)
    join(shop, "commune", taken(Territory, _TOWN, values))
    organisation = taken(Organisation, _ORGANISATION, values)
    seller = taken(SellerProfile, _SELLER, values)
    if organisation.pk is not None:
        has_profile = seller.pk is not None
        join(shop, "organisation", organisation)
        join(seller, "organisation", organisation)
        join(organisation, "seller_profile", seller if has_profile else None)  # nobody asks again
    return shop
