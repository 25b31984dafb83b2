"""Many products in a table: prices, counts, what is there today, saved in one press or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.catalogue.actions import RowEdit, edit_many
from chalandise.catalogue.errors import (
    BadPriceError,
    BadQuantityError,
    BasketError,
    BulkEditError,
)
from chalandise.catalogue.models import Offer
from chalandise.catalogue.prices import read_price
from chalandise.catalogue.quantities import read_quantity
from chalandise.catalogue.states import ProductKind
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.shelf_words import say_bad_price, say_stock_refusal
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import ChalandiseError
from chalandise.stock.actions import count_many
from chalandise.stock.actions.counting import MOST_ON_HAND
from chalandise.stock.errors import StockBusyError
from chalandise.stock.models import StockLevel
from chalandise.stock.states import MovementReason
from chalandise.web.request import MemberRequest

A_PAGE = 50


@dataclass
class TableRow:
    """One offer as it stands, and as somebody typed it."""

    offer: Offer
    price: str
    stock: str
    is_available: bool
    price_error: str = ""
    stock_error: str = ""

    @property
    def name(self) -> str:
        """The product, and the form where it has several."""
        return str(self.offer.variant)

    @property
    def is_basket(self) -> bool:
        """Tell whether other shops' things are in it: its stock follows theirs."""
        return self.offer.variant.product.kind == ProductKind.BASKET


class TableRefusedError(ChalandiseError):
    """Some counts are below what is promised; nothing was saved."""

    def __init__(self, below: dict[int, int]) -> None:
        super().__init__(str(below))
        self.below = below


@shop_page
def table(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show a page of the table, and save it whole."""
    page = _page(shop, request.GET.get("page"))
    rows = _rows(page)
    problem = ""
    if request.method == "POST":
        _type(rows, request.POST)
        problem = "" if _faults(rows) else _try(request, shop, rows)
        if not problem and not _faults(rows):
            number = f"?page={page.number}" if page.number > 1 else ""
            return redirect(reverse("counter:table", args=[shop.slug]) + number)
    faults = _faults(rows)
    return render(
        request,
        "counter/table.html",
        {
            "shop": shop,
            "section": "shelf",
            "rows": rows,
            "page": page,
            "faults": faults,
            "problem": problem,
        },
        status=422 if faults or problem else 200,
    )


def _try(request: MemberRequest, shop: Establishment, rows: list[TableRow]) -> str:
    """Save the table; what one cell refuses is written beside it, and the rest is returned."""
    try:
        _say(request, _save(request, shop, rows))
    except BulkEditError as refused:
        for row in rows:
            if row.offer.pk in refused.problems:
                row.price_error = say_bad_price()
    except TableRefusedError as refused:
        for row in rows:
            if row.offer.pk in refused.below:
                row.stock_error = _("%(booked)d are promised to customers.") % {
                    "booked": refused.below[row.offer.pk]
                }
    except BasketError:
        return _("A gift basket cannot go below what its makers are promised.")
    except StockBusyError as refused:
        return say_stock_refusal(refused)
    return ""


def _page(shop: Establishment, number: str | None) -> Page[Offer]:
    offers = (
        Offer.objects.filter(variant__product__establishment=shop)
        .select_related("variant__product")
        .order_by("variant__product__sort_key", "variant__position", "pk")
    )
    return Paginator(offers, A_PAGE).get_page(number)


def _rows(page: Page[Offer]) -> list[TableRow]:
    offers = list(page.object_list)
    levels = dict(StockLevel.objects.filter(offer__in=offers).values_list("offer", "on_hand"))
    return [
        TableRow(
            one,
            f"{one.price_cents // 100},{one.price_cents % 100:02d}",
            str(levels.get(one.pk, 0)) if one.keeps_stock else "",
            one.is_available,
        )
        for one in offers
    ]


def _type(rows: list[TableRow], data: QueryDict) -> None:
    """Write over the rows what was typed; a row that was not on the form stays as it is."""
    for row in rows:
        key = row.offer.pk
        if f"price-{key}" not in data:
            continue
        row.is_available = bool(data.get(f"available-{key}"))
        stood = row.stock
        row.price, row.stock = data.get(f"price-{key}", ""), data.get(f"stock-{key}", "").strip()
        try:
            read_price(row.price)
        except BadPriceError:
            row.price_error = say_bad_price()
        if row.stock == "" and stood != "" and not row.is_basket:
            row.stock_error = _("Write 0 if none is left; to count it no more, open its page.")
        elif row.stock:
            try:
                read_quantity(row.stock, least=0, most=MOST_ON_HAND)
            except BadQuantityError as refused:
                row.stock_error = say_stock_refusal(refused)


def _faults(rows: list[TableRow]) -> list[TableRow]:
    return [row for row in rows if row.price_error or row.stock_error]


def _save(request: MemberRequest, shop: Establishment, rows: list[TableRow]) -> int:
    """Write prices, availability and counts together; return how many rows changed."""
    by, at = actor_of(request), timezone.now()
    edits = {
        row.offer.pk: RowEdit(price_cents=read_price(row.price), is_available=row.is_available)
        for row in rows
    }
    levels = dict(
        StockLevel.objects.filter(offer__in=[row.offer.pk for row in rows]).values_list(
            "offer", "on_hand"
        )
    )
    counts = {
        row.offer.pk: int(row.stock)
        for row in rows
        if row.stock
        and not row.is_basket
        and not (row.offer.keeps_stock and levels.get(row.offer.pk) == int(row.stock))
    }
    with transaction.atomic():
        changed = edit_many(shop, edits, by=by, at=at)
        if counts:
            below = count_many(counts, by=by, at=at, reason=MovementReason.COUNT)
            if below:
                raise TableRefusedError(below)
    return changed + len(counts)


def _say(request: MemberRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Nothing was different: all is as it was."))
        return
    text = ngettext(
        "Noted: %(count)d change, all at once.", "Noted: %(count)d changes, all at once.", changed
    )
    messages.success(request, text % {"count": changed})
