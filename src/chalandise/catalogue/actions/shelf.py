"""A product put on the shelf, shown, taken off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from chalandise.catalogue.actions.announcing import announce
from chalandise.catalogue.actions.locking import lock_product
from chalandise.catalogue.books import BOOKS, is_new_book, require_book_price
from chalandise.catalogue.classification import guess_category
from chalandise.catalogue.errors import BadFieldError, NotPublishableError
from chalandise.catalogue.events import ProductChanged, ProductRecalled
from chalandise.catalogue.models import (
    Offer,
    PriceChange,
    Product,
    ProductCategory,
    ProductPhoto,
    Variant,
)
from chalandise.catalogue.prices import require_price
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.slugs import product_slug
from chalandise.catalogue.states import PRODUCT_TRANSITIONS, ProductKind, ProductState
from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.models import Establishment
from chalandise.directory.photos import store_picture
from chalandise.directory.rich_text import clean_html
from chalandise.journal.actions import emit_all, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key
from chalandise.portals.models import Portal

LONGEST_NAME = 160


@dataclass(frozen=True)
class NewProduct:
    """What may be said at once of a product; only name and price are needed.

    Attributes:
        name: what a customer reads.
        price_cents: of one, tax included; of a kilogram where ``estimate_grams`` is given.
        category: the key of a category; guessed from the name and the shop when blank.
        publisher_price_cents: of a new book only.
    """

    name: str
    price_cents: int
    category: str = ""
    description: str = ""
    alt: str = ""
    variant_name: str = ""
    gtin: str = ""
    sku: str = ""
    net_quantity: Decimal | None = None
    net_unit: str = ""
    weight_grams: int = 0
    origin: str = ""
    vat_code: str = ""
    made_to_order_minutes: int = 0
    estimate_grams: int | None = None
    publisher_price_cents: int | None = None
    allergens: tuple[str, ...] | None = None
    food_sheet: dict[str, str] = field(default_factory=dict)
    import_key: str = ""
    kind: ProductKind = ProductKind.SIMPLE


def put_on_shelf(
    establishment: Establishment,
    photo: bytes | None,
    *,
    name: str,
    price_cents: int,
    by: Actor,
    at: datetime,
    new: NewProduct | None = None,
) -> Product:
    """Photo, name, price, done: make a product and publish it if nothing is missing.

    What is missing, if anything, is what `missing_to_publish` answers; the product is a draft then.

    Args:
        establishment: whose shelf.
        photo: the file as it was sent, or None.
        name: what a customer reads.
        price_cents: tax included.
        by: who puts it there.
        at: when.
        new: anything else that is known; its name and price give way to the two above.

    Raises:
        BadPriceError, BookPriceError, BadFieldError: nothing is made.
        PictureRefusedError: the file is no picture; nothing is made.
    """
    require_price(price_cents)
    stored = store_picture(photo) if photo is not None else None
    details = {**(vars(new) if new else {}), "name": name, "price_cents": price_cents}
    wanted = NewProduct(**details)
    with transaction.atomic():
        product = add_product(establishment, wanted, by=by, at=at)
        if stored is not None:
            ProductPhoto.objects.create(
                product=product,
                name=stored.name,
                alt=plain_text(wanted.alt).value[:200],
                width=stored.width,
                height=stored.height,
                added_at=at,
            )
        if not missing_to_publish(product):
            publish_product(product, by=by, at=at)
    return product


def add_product(
    establishment: Establishment, new: NewProduct, *, by: Actor, at: datetime
) -> Product:
    """Make a draft with one variant and its offer; call it inside a transaction.

    Raises:
        BadPriceError, BadFieldError: nothing is made.
    """
    require_price(new.price_cents)
    name = plain_text(new.name).value.strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadFieldError("name", "too_long" if name else "missing")
    category = _category(establishment, new)
    product = Product.objects.create(
        slug=product_slug(name, establishment.name),
        establishment=establishment,
        category=category,
        name=name,
        sort_key=french_sort_key(name)[:200],
        description=clean_html(new.description) if new.description else "",
        kind=new.kind,
        origin=new.origin[:120],
        allergens=None if new.allergens is None else sorted(set(new.allergens)),
        food_sheet=dict(new.food_sheet),
        minimum_age=category.minimum_age,
        is_perishable=category.is_perishable,
        withdrawal_exception=category.withdrawal_exception,
        import_key=new.import_key[:120],
        created_at=at,
        updated_at=at,
    )
    add_variant(product, new, by=by, at=at)
    record(product, "made", by=by, at=at)
    announce(product, at=at)
    return product


def add_variant(
    product: Product, new: NewProduct, *, by: Actor, at: datetime, position: int = 0
) -> Offer:
    """Give a product one more form, with its price; call it inside a transaction.

    Raises:
        BadFieldError: a gift basket, which has one form: its parts were agreed with others.
    """
    require_price(new.price_cents)
    _check_book(product.category, new)
    if product.kind == ProductKind.BASKET and product.variants.exists():
        raise BadFieldError("name", "basket")
    variant = Variant.objects.create(
        product=product,
        name=new.variant_name[:120],
        gtin=new.gtin,
        sku=new.sku[:60],
        net_quantity=new.net_quantity,
        net_unit=new.net_unit if new.net_quantity is not None else "",
        weight_grams=new.weight_grams,
        position=position,
    )
    offer = Offer.objects.create(
        variant=variant,
        price_cents=new.price_cents,
        vat_code=new.vat_code or product.category.vat_code,
        made_to_order_minutes=new.made_to_order_minutes,
        is_weight_priced=new.estimate_grams is not None,
        estimate_grams=new.estimate_grams,
        publisher_price_cents=(
            new.publisher_price_cents if is_new_book(product.category_id, product.labels) else None
        ),
        created_at=at,
    )
    PriceChange.objects.create(
        offer=offer, price_cents=new.price_cents, changed_at=at, changed_by=by.label[:200]
    )
    return offer


@transaction.atomic
def publish_product(product: Product, *, by: Actor, at: datetime) -> None:
    """Show a product to customers.

    Raises:
        NotPublishableError: something that the law asks for is missing; carries what.
        StaleStateError: it is on the shelf already.
    """
    if product.kind == ProductKind.BASKET:  # a yes may be taken back at this very moment
        lock_product(product.pk)
    missing = missing_to_publish(product)
    if missing:
        raise NotPublishableError(missing)
    move(product, ProductState.PUBLISHED, table=PRODUCT_TRANSITIONS, by=by, at=at)
    product.published_at = product.published_at or at
    product.save(update_fields=["published_at"])
    announce(product, at=at)


@transaction.atomic
def withdraw_product(product: Product, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Take a product off the shelf; it can come back, and its history stays.

    Raises:
        StaleStateError: it is off the shelf already.
    """
    move(product, ProductState.WITHDRAWN, table=PRODUCT_TRANSITIONS, by=by, at=at)
    if reason:
        record(product, "withdrawal_explained", by=by, at=at, detail={"reason": reason[:400]})
    announce(product, at=at)


def publish_ready(
    products: Iterable[Product], *, by: Actor, at: datetime
) -> dict[int, tuple[str, ...]]:
    """Publish those of which nothing is missing, each for itself, as after an import.

    Returns:
        What lacks of the others, by product.
    """
    lacking: dict[int, tuple[str, ...]] = {}
    for product in products:
        if product.state == ProductState.PUBLISHED:
            continue
        try:
            publish_product(product, by=by, at=at)
        except NotPublishableError as refused:
            lacking[product.pk] = refused.missing
    return lacking


@transaction.atomic
def recall_products(
    gtin: str, *, by: Actor, at: datetime, reason: str, portal: Portal | None = None
) -> list[int]:
    """Take off the shelves what carries a bar code, as an authority orders (GPSR, article 22).

    Whoever sells it or bought it is told by an event, also of what had left the shelf before.

    Args:
        gtin: the bar code.
        by: who does it.
        at: when.
        reason: what is wrong with it and what to do, in the words of the authority.
        portal: whose shelves; all of them without.

    Returns:
        The products that came off.
    """
    found = Product.objects.all() if portal is None else Product.objects.on(portal)
    products = list(found.filter(variants__gtin=gtin).order_by("pk").distinct()) if gtin else []
    shown = [one for one in products if one.state == ProductState.PUBLISHED]
    for product in shown:
        withdraw_product(product, by=by, at=at, reason=reason)
    emit_all([ProductRecalled(one.pk, gtin, reason[:400]) for one in products], at=at)
    return [product.pk for product in shown]


@transaction.atomic
def set_availability(offer: Offer, *, is_available: bool, by: Actor, at: datetime) -> None:
    """Say in one tap that there is none today, or that there is again."""
    if offer.is_available == is_available:
        return
    offer.is_available = is_available
    offer.save(update_fields=["is_available"])
    product = offer.variant.product
    record(
        product, "availability_said", by=by, at=at, detail={"offer": offer.pk, "is": is_available}
    )
    announce(product, at=at)


@transaction.atomic
def set_keeps_stock(offer: Offer, *, keeps_stock: bool, by: Actor, at: datetime) -> None:
    """Say whether pieces are counted; `stock.actions.keep_stock` calls it with the first count."""
    if offer.keeps_stock == keeps_stock:
        return
    offer.keeps_stock = keeps_stock
    offer.save(update_fields=["keeps_stock"])
    product = offer.variant.product
    record(product, "stock_kept", by=by, at=at, detail={"offer": offer.pk, "is": keeps_stock})
    announce(product, at=at)


@transaction.atomic
def begin_counting(offer_ids: Iterable[int], *, by: Actor, at: datetime) -> None:
    """Say of many offers that pieces are counted; `stock.actions.count_many` calls it."""
    offers = Offer.objects.filter(pk__in=list(offer_ids), keeps_stock=False)
    pairs = list(offers.order_by("pk").values_list("pk", "variant__product"))
    Offer.objects.filter(pk__in=[pk for pk, _product in pairs]).update(keeps_stock=True)
    if pairs:
        detail = {"offers": len(pairs)}
        record("catalogue.offer", "stock_kept", by=by, at=at, detail=detail)
        emit_all([ProductChanged(pk) for pk in sorted({pk for _offer, pk in pairs})], at=at)


def _check_book(category: ProductCategory, new: NewProduct) -> None:
    if category.pk != BOOKS or new.publisher_price_cents is None:
        return
    require_price(new.publisher_price_cents)
    require_book_price(new.price_cents, new.publisher_price_cents, is_old_stock=False)


def _category(establishment: Establishment, new: NewProduct) -> ProductCategory:
    key = new.category or guess_category(new.name, establishment.category_id)
    found = ProductCategory.objects.filter(pk=key, parent__isnull=False).first()
    if found is None:
        raise BadFieldError("category", "unknown_value")
    return found
