"""A merchant's own data in one click: orders, customers, products (and nobody else's)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.utils.translation import pgettext

from chalandise.catalogue.models import Product, Variant
from chalandise.kernel.telephones import tabled
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind
from chalandise.organisations.models import Organisation
from chalandise.settlements.exports.tables import Table, amount, count, day, percent

ZONE = ZoneInfo("Europe/Paris")
NEVER_STOOD = (MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.EXPIRED)


def orders_table(organisation: Organisation, starts_on: date, ends_on: date) -> Table:
    """Return the orders of a period, a row each line; two queries whatever their number."""
    orders = (
        _orders_of(organisation)
        .filter(placed_at__gte=_start(starts_on), placed_at__lt=_start(ends_on + timedelta(days=1)))
        .select_related("order", "establishment")
        .prefetch_related("lines")
        .order_by("placed_at", "pk")
    )
    heading = (
        pgettext("export", "Order"),
        pgettext("export", "Placed on"),
        pgettext("export", "Time"),
        pgettext("export", "State"),
        pgettext("export", "Shop"),
        pgettext("export", "Customer"),
        pgettext("export", "E-mail"),
        pgettext("export", "Telephone"),
        pgettext("export", "How"),
        pgettext("export", "Payment"),
        pgettext("export", "Product"),
        pgettext("export", "Variant"),
        pgettext("export", "Quantity"),
        pgettext("export", "Unit price"),
        pgettext("export", "VAT rate (%)"),
        pgettext("export", "Incl. tax"),
    )
    return Table(f"commandes-{starts_on}-{ends_on}", heading, tuple(_order_rows(orders)))


def customers_table(organisation: Organisation) -> Table:
    """Return those who ordered from this merchant, a row each e-mail; one query.

    Who ordered by telephone and left no e-mail is told apart by name and number.
    Customers who only ever ordered elsewhere, or never paid, are not the merchant's.
    """
    rows = (
        _orders_of(organisation)
        .annotate(
            known_name=_without_email("order__customer_name"),
            known_phone=_without_email("order__customer_phone"),
        )
        .values("order__customer_email", "known_name", "known_phone")
        .annotate(
            name=Max("order__customer_name"),
            phone=Max("order__customer_phone"),
            orders=Count("pk"),
            cents=Sum("total_cents"),
            first=Min("placed_at"),
            last=Max("placed_at"),
        )
        .order_by("order__customer_email", "known_name", "known_phone")
    )
    heading = (
        pgettext("export", "Customer"),
        pgettext("export", "E-mail"),
        pgettext("export", "Telephone"),
        pgettext("export", "Orders"),
        pgettext("export", "Incl. tax"),
        pgettext("export", "First order"),
        pgettext("export", "Last order"),
    )
    return Table(
        "clients",
        heading,
        tuple(
            (
                row["name"],
                row["order__customer_email"],
                tabled(row["phone"]),
                count(row["orders"]),
                amount(row["cents"]),
                day(row["first"].astimezone(ZONE).date()),
                day(row["last"].astimezone(ZONE).date()),
            )
            for row in rows
        ),
    )


def _without_email(field: str) -> Case:
    """Return ``field`` where no e-mail was left, and nothing where one was."""
    return Case(When(order__customer_email="", then=F(field)), default=Value(""))


def products_table(organisation: Organisation) -> Table:
    """Return every form of every product of a merchant; one query."""
    variants = (
        Variant.objects.filter(product__establishment__organisation=organisation)
        .select_related("product__category", "product__establishment", "offer")
        .order_by("product__sort_key", "product_id", "position", "pk")
    )
    heading = (
        pgettext("export", "Shop"),
        pgettext("export", "Product"),
        pgettext("export", "Variant"),
        pgettext("export", "Category"),
        pgettext("export", "State"),
        pgettext("export", "Reference"),
        pgettext("export", "Bar code"),
        pgettext("export", "Price incl. tax"),
        pgettext("export", "Publisher’s price"),
        pgettext("export", "Older book, long in stock"),
        pgettext("export", "VAT"),
        pgettext("export", "Net quantity"),
        pgettext("export", "Unit"),
        pgettext("export", "Weight (g)"),
    )
    return Table("produits", heading, tuple(_product_row(one) for one in variants))


def _orders_of(organisation: Organisation) -> QuerySet[MerchantOrder]:
    return MerchantOrder.objects.filter(organisation=organisation).exclude(Q(state__in=NEVER_STOOD))


def _order_rows(orders: QuerySet[MerchantOrder]) -> Iterator[tuple[str, ...]]:
    for one in orders:
        placed = one.placed_at.astimezone(ZoneInfo(one.establishment.timezone))
        head = (
            one.number,
            day(placed.date()),
            f"{placed:%H:%M}",
            str(MerchantOrderState(one.state).label),
            one.establishment.name,
            one.order.customer_name,
            one.order.customer_email,
            tabled(one.order.customer_phone),
            str(WayKind(one.way_kind).label),
            str(Pays(one.pays).label),
        )
        for line in one.lines.all():
            yield (
                *head,
                line.product_name,
                line.variant_name,
                count(line.quantity),
                amount(line.unit_price_cents),
                percent(line.vat_rate_bp),
                amount(line.total_cents),
            )
        if one.fee_cents:
            yield (
                *head,
                pgettext("export", "Delivery"),
                "",
                count(1),
                amount(one.fee_cents),
                percent(one.fee_vat_rate_bp),
                amount(one.fee_cents),
            )


def _product_row(variant: Variant) -> tuple[str, ...]:
    product: Product = variant.product
    offer = getattr(variant, "offer", None)
    return (
        product.establishment.name,
        product.name,
        variant.name,
        product.category.shown_name,
        str(product.get_state_display()),
        variant.sku,
        variant.gtin,
        amount(offer.price_cents) if offer else "",
        amount(offer.publisher_price_cents) if offer and offer.publisher_price_cents else "",
        pgettext("export", "yes") if offer and offer.is_old_stock else "",
        str(offer.get_vat_code_display()) if offer else "",
        f"{variant.net_quantity.normalize():f}".replace(".", ",") if variant.net_quantity else "",
        variant.net_unit,
        count(variant.weight_grams) if variant.weight_grams else "",
    )


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=ZONE)
