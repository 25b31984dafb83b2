"""The crossed-out price is computed from history, whatever the merchant would like (Omnibus)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import (
    call_off_promotion,
    change_price,
    compose_basket,
    start_promotion,
)
from chalandise.catalogue.errors import BadPriceError, BasketError, PromotionClashError
from chalandise.catalogue.models import PriceChange, Promotion
from chalandise.catalogue.pricing import (
    REFERENCE_PERIOD,
    PriceStep,
    Reduction,
    base_price_at,
    charged_at,
    lowest_between,
    reference_price,
)
from chalandise.catalogue.queries import terms_of

NOW = moment("2026-11-18 10:30")
START = moment("2026-01-01 00:00")
DAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parents[2]


def day(number: float) -> datetime:
    return START + number * DAY


def steps(*prices: tuple[float, int]) -> list[PriceStep]:
    return [PriceStep(day(begins), cents) for begins, cents in prices]


def sale(cents: int, begins: float, ends: float) -> Reduction:
    return Reduction(cents, day(begins), day(ends))


def test_the_price_of_before_is_crossed_out() -> None:
    assert reference_price(steps((0, 2000)), [sale(1500, 40, 50)], day(45)) == 2000


def test_a_rise_just_before_the_sale_is_not_crossed_out() -> None:
    prices = steps((0, 2000), (35, 2600))
    assert reference_price(prices, [sale(1500, 40, 50)], day(45)) == 2000


def test_a_rise_older_than_thirty_days_is() -> None:
    prices = steps((0, 2000), (10, 2600))
    assert reference_price(prices, [sale(1500, 40, 50)], day(45)) == 2600
    assert reference_price(prices, [sale(1500, 39, 50)], day(45)) == 2000


def test_a_sale_of_the_month_before_lowers_what_may_be_crossed_out() -> None:
    sales = [sale(1200, 20, 25), sale(1500, 40, 50)]
    assert reference_price(steps((0, 2000)), sales, day(45)) is None
    sales = [sale(1600, 20, 25), sale(1500, 40, 50)]
    assert reference_price(steps((0, 2000)), sales, day(45)) == 1600


def test_ever_deeper_reductions_keep_the_price_before_the_first() -> None:
    series = [sale(1800, 40, 45), sale(1500, 45, 50), sale(1000, 50, 60)]
    assert [reference_price(steps((0, 2000)), series, day(d)) for d in (41, 46, 55)] == [2000] * 3


def test_a_break_in_the_series_begins_anew() -> None:
    series = [sale(1800, 40, 45), sale(1500, 46, 50)]
    assert reference_price(steps((0, 2000)), series, day(47)) == 1800


def test_a_shallower_reduction_is_no_continuation() -> None:
    series = [sale(1200, 40, 45), sale(1500, 45, 50)]
    assert reference_price(steps((0, 2000)), series, day(47)) is None


def test_what_was_never_sold_dearer_has_nothing_to_cross_out() -> None:
    assert reference_price(steps((40, 2000)), [sale(1500, 40, 50)], day(45)) is None
    assert reference_price(steps((0, 2000)), [], day(45)) is None
    assert reference_price([], [sale(1500, 40, 50)], day(45)) is None


CENTS = st.integers(1, 5000)
PRICES = st.lists(st.tuples(st.integers(0, 120), CENTS), min_size=1, max_size=6).map(
    lambda prices: [PriceStep(day(begins), cents) for begins, cents in sorted(prices)]
)


@st.composite
def promotions(draw: st.DrawFn) -> list[Reduction]:
    """Any number of promotions, none overlapping another, many touching."""
    cuts = sorted(draw(st.sets(st.integers(0, 130), max_size=10)))
    pairs = list(pairwise(cuts))
    return [sale(draw(CENTS), a, b) for a, b in pairs if draw(st.booleans())]


@given(PRICES, promotions(), st.integers(0, 1300))
def test_the_crossed_out_price_was_charged_and_never_undercut(
    prices: list[PriceStep], sales: list[Reduction], tenth: int
) -> None:
    at = day(tenth / 10)
    crossed_out = reference_price(prices, sales, at)
    if crossed_out is None:
        return
    charged = charged_at(prices, sales, at)
    assert charged is not None
    assert charged < crossed_out
    running = next(one for one in sales if one.holds(at))
    begins = running.starts_at
    while before := next((one for one in sales if one.ends_at == begins), None):
        if before.price_cents < next(s for s in sales if s.starts_at == begins).price_cents:
            break
        begins = before.starts_at
    hours = int(REFERENCE_PERIOD / timedelta(hours=1))
    asked = [charged_at(prices, sales, begins - timedelta(hours=h + 1)) for h in range(hours)]
    seen = [price for price in asked if price is not None]
    assert crossed_out == min(seen)


@given(PRICES, promotions(), st.integers(1, 60))
def test_a_wider_window_never_finds_a_higher_price(
    prices: list[PriceStep], sales: list[Reduction], width: int
) -> None:
    end = day(125)
    narrow = lowest_between(prices, sales, end - width * DAY, end)
    wide = lowest_between(prices, sales, end - (width + 5) * DAY, end)
    assert narrow is None or (wide is not None and wide <= narrow)


def test_two_promotions_never_overlap(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, price_cents=2000, category="livres")
    start_promotion(
        book, price_cents=1500, starts_at=NOW, ends_at=NOW + 5 * DAY, by=catalogue.BY, at=NOW
    )
    with pytest.raises(PromotionClashError):
        start_promotion(
            book,
            price_cents=1400,
            starts_at=NOW + 4 * DAY,
            ends_at=NOW + 9 * DAY,
            by=catalogue.BY,
            at=NOW,
        )
    start_promotion(
        book,
        price_cents=1400,
        starts_at=NOW + 5 * DAY,
        ends_at=NOW + 9 * DAY,
        by=catalogue.BY,
        at=NOW,
    )
    later = NOW + 6 * DAY
    assert terms_of([book.pk], at=later)[book.pk].reference_price_cents == 2000
    with pytest.raises(BadPriceError):
        start_promotion(
            book,
            price_cents=2000,
            starts_at=later + 10 * DAY,
            ends_at=later + 11 * DAY,
            by=catalogue.BY,
            at=NOW,
        )


def test_a_promotion_cannot_have_begun_yesterday(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, price_cents=2000, category="livres")
    made = start_promotion(
        book, price_cents=1500, starts_at=NOW - DAY, ends_at=NOW + DAY, by=catalogue.BY, at=NOW
    )
    assert made.starts_at == NOW
    with pytest.raises(PromotionClashError):
        start_promotion(
            book,
            price_cents=1500,
            starts_at=NOW - 3 * DAY,
            ends_at=NOW - DAY,
            by=catalogue.BY,
            at=NOW,
        )


def test_a_promotion_called_off_stays_in_the_history(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, price_cents=2000, category="livres")
    made = start_promotion(
        book, price_cents=1500, starts_at=NOW, ends_at=NOW + 5 * DAY, by=catalogue.BY, at=NOW
    )
    call_off_promotion(made, by=catalogue.BY, at=NOW + DAY)
    assert terms_of([book.pk], at=NOW + DAY)[book.pk].price_cents == 2000
    start_promotion(
        book,
        price_cents=1400,
        starts_at=NOW + 2 * DAY,
        ends_at=NOW + 3 * DAY,
        by=catalogue.BY,
        at=NOW + 2 * DAY,
    )
    crossed_out = terms_of([book.pk], at=NOW + 2 * DAY)[book.pk].reference_price_cents
    assert crossed_out == 1500, "the price of the called-off promotion was charged for a day"
    never = start_promotion(
        book,
        price_cents=1000,
        starts_at=NOW + 20 * DAY,
        ends_at=NOW + 30 * DAY,
        by=catalogue.BY,
        at=NOW,
    )
    call_off_promotion(never, by=catalogue.BY, at=NOW + 4 * DAY)
    assert terms_of([book.pk], at=NOW + 25 * DAY)[book.pk].price_cents == 2000


def test_perishable_goods_cross_nothing_out(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=400)
    start_promotion(
        bread, price_cents=200, starts_at=NOW, ends_at=NOW + DAY, by=catalogue.BY, at=NOW
    )
    one = terms_of([bread.pk], at=NOW)[bread.pk]
    assert (one.price_cents, one.reference_price_cents) == (200, None)


def test_a_basket_is_in_no_promotion(cast: Cast) -> None:
    jar = catalogue.offer(cast.bakery, price_cents=500)
    basket = catalogue.offer_of(
        compose_basket(
            cast.bakery,
            name="Panier d’hiver",
            price_cents=900,
            parts={jar.pk: 2},
            by=catalogue.BY,
            at=NOW,
        )
    )
    with pytest.raises(BasketError):
        start_promotion(
            basket, price_cents=100, starts_at=NOW, ends_at=NOW + DAY, by=catalogue.BY, at=NOW
        )


def test_every_price_stays_written(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=250)
    change_price(bread, price_cents=260, by=catalogue.BY, at=NOW)
    change_price(bread, price_cents=260, by=catalogue.BY, at=NOW)
    history = PriceChange.objects.filter(offer=bread).order_by("pk")
    assert [one.price_cents for one in history] == [250, 260]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_pricechange SET price_cents = 1",
        "DELETE FROM catalogue_pricechange",
        "UPDATE catalogue_promotion SET price_cents = 1",
        "UPDATE catalogue_promotion SET ends_at = ends_at + interval '1 day'",
        "UPDATE catalogue_promotion SET starts_at = starts_at - interval '1 day'",
        "DELETE FROM catalogue_promotion",
    ],
)
def test_the_database_refuses_to_rewrite_the_past(cast: Cast, statement: str) -> None:
    book = catalogue.offer(cast.bookshop, price_cents=2000, category="livres")
    start_promotion(
        book, price_cents=1500, starts_at=NOW, ends_at=NOW + DAY, by=catalogue.BY, at=NOW
    )
    with (
        pytest.raises(DatabaseError, match=r"never changed nor removed|may end earlier"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Promotion.objects.get().price_cents == 1500


def test_the_worked_example_of_the_documentation_holds() -> None:
    page = (ROOT / "docs/algorithms/crossed-out-price.md").read_text()
    rows = [line.split("|")[1:6] for line in page.splitlines() if re.match(r"\| \d+ \|", line)]
    prices = steps((0, 2000), (35, 2600))
    sales = [sale(1500, 40, 45), sale(1200, 45, 50), sale(1500, 60, 65)]
    assert len(rows) == 6
    for text in rows:
        number, ordinary, _promotion, charged, crossed_out = (cell.strip() for cell in text)
        at = day(int(number))
        assert base_price_at(prices, at) == cents(ordinary)
        assert charged_at(prices, sales, at) == cents(charged)
        assert reference_price(prices, sales, at) == cents(crossed_out)


def cents(text: str) -> int | None:
    return None if text == "–" else int(text.replace(",", ""))
