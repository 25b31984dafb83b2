"""Many products in a table: prices, counts, what is there today, saved in one press or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

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
from chalandise.catalogue.books import least_price
from chalandise.catalogue.errors import (
    BadPriceError,
    BadQuantityError,
    BasketError,
    BookPriceError,
    BulkEditError,
)
from chalandise.catalogue.green_claims import green_claims
from chalandise.catalogue.models import Offer
from chalandise.catalogue.prices import read_price
from chalandise.catalogue.quantities import read_quantity
from chalandise.catalogue.soldes import is_out_of_season
from chalandise.catalogue.states import ProductKind
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.book_words import (
    is_priced_by_publisher,
    say_book_price,
    say_book_promise,
)
from chalandise.counter.goods.green_words import green_sentence
from chalandise.counter.goods.shelf_words import say_bad_price, say_stock_refusal
from chalandise.counter.goods.soldes_words import soldes_sentence
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
    publisher: str = ""
    says_soldes: bool = False
    claims: tuple[str, ...] = ()
    price_error: str = ""
    stock_error: str = ""

    @property
    def name(self) -> str:
        """The product, and the form where it has several."""
        return str(self.offer.variant)

    @property
    def is_book(self) -> bool:
        """Tell whether its publisher fixes its price."""
        return is_priced_by_publisher(self.offer.variant.product)

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
    at = timezone.now()
    rows = _rows(page, at.astimezone(ZoneInfo(shop.timezone)))
    problem = ""
    if request.method == "POST":
        _type(rows, request.POST)
        problem = "" if _faults(rows) else _try(request, shop, rows)
        if not problem and not _faults(rows):
            number = f"?page={page.number}" if page.number > 1 else ""
            return redirect(reverse("counter:table", args=[shop.slug]) + number)
    faults = _faults(rows)
    claims = [claim for row in rows for claim in row.claims]
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
            "soldes": soldes_sentence(shop, at=at) if any(r.says_soldes for r in rows) else "",
            "green": green_sentence(claims) if claims else "",
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
                row.price_error = _say_price(row, *refused.problems[row.offer.pk])
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


def _say_price(row: TableRow, _field: str, reason: str) -> str:
    if reason not in {"above_publisher", "below_publisher"}:
        return say_bad_price()
    if not row.publisher:
        return say_book_promise()
    publisher = read_price(row.publisher)
    least = least_price(publisher)
    if least <= read_price(row.price) <= publisher:  # then it is a promotion that is not
        return say_book_promise()
    return say_book_price(BookPriceError(reason, publisher, least))


def _page(shop: Establishment, number: str | None) -> Page[Offer]:
    offers = (
        Offer.objects.filter(variant__product__establishment=shop)
        .select_related("variant__product")
        .order_by("variant__product__sort_key", "variant__position", "pk")
    )
    return Paginator(offers, A_PAGE).get_page(number)


def _rows(page: Page[Offer], here: datetime) -> list[TableRow]:
    offers = list(page.object_list)
    levels = dict(StockLevel.objects.filter(offer__in=offers).values_list("offer", "on_hand"))
    return [
        TableRow(
            one,
            _typed(one.price_cents),
            str(levels.get(one.pk, 0)) if one.keeps_stock else "",
            one.is_available,
            _typed(one.publisher_price_cents) if one.publisher_price_cents else "",
            is_out_of_season(_texts_of(one), here),
            green_claims(_texts_of(one), category_key=one.variant.product.category_id),
        )
        for one in offers
    ]


def _typed(cents: int) -> str:
    """Write a price as it is typed."""
    return f"{cents // 100},{cents % 100:02d}"


def _texts_of(offer: Offer) -> tuple[str, str, str]:
    product = offer.variant.product
    return product.name, product.description, offer.variant.name


def _type(rows: list[TableRow], data: QueryDict) -> None:
    """Write over the rows what was typed; a row that was not on the form stays as it is."""
    for row in rows:
        key = row.offer.pk
        if f"price-{key}" not in data:
            continue
        row.is_available = bool(data.get(f"available-{key}"))
        stood = row.stock
        row.price, row.stock = data.get(f"price-{key}", ""), data.get(f"stock-{key}", "").strip()
        row.publisher = data.get(f"publisher-{key}", row.publisher).strip()
        try:
            for typed in (row.price, *([row.publisher] if row.publisher else [])):
                read_price(typed)
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
        row.offer.pk: RowEdit(
            price_cents=read_price(row.price),
            publisher_price_cents=(
                read_price(row.publisher) if row.is_book and row.publisher else None
            ),
            is_available=row.is_available,
        )
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
