"""« Soldes » is a word of two seasons; outside them the merchant is warned, and never stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.catalogue.models import Product
from chalandise.catalogue.soldes import next_season, says_soldes, seasons_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("year", "winter", "summer"),
    [
        (2020, "01-08", "06-24"),
        (2021, "01-06", "06-23"),
        (2023, "01-11", "06-28"),
        (2024, "01-10", "06-26"),
        (2025, "01-08", "06-25"),
        (2026, "01-07", "06-24"),
        (2027, "01-06", "06-23"),
    ],
)
def test_national_days_follow_the_rule(year: int, winter: str, summer: str) -> None:
    """2021 stands for the rule alone: a decree moved the days of that year."""
    first, second = seasons_of(year)
    rule = [f"{one.starts_at:%m-%d}" for one in (first, second)]
    assert rule == [winter, summer]
    assert (first.ends_on - first.starts_at.date()).days == 27
    assert first.starts_at.hour == 8


@pytest.mark.parametrize(
    ("departement", "year", "days"),
    [
        ("57", 2017, {"2017-01-02"}),
        ("973", 2017, {"2017-01-04"}),
        ("971", 2018, {"2018-01-06", "2018-09-29"}),
        ("975", 2017, {"2017-01-18", "2017-07-19"}),
        ("974", 2017, {"2017-02-04"}),
        ("974", 2019, {"2019-09-07"}),
        ("972", 2019, {"2019-10-03"}),
        ("978", 2018, {"2018-05-05", "2018-10-13"}),
        ("06", 2019, {"2019-07-03"}),
        ("66", 2019, {"2019-07-03"}),
        ("2B", 2019, {"2019-07-10"}),
    ],
)
def test_departements_have_their_own_days_as_they_were_announced(
    departement: str, year: int, days: set[str]
) -> None:
    found = {str(one.starts_at.date()) for one in seasons_of(year, departement=departement)}
    assert days <= found


def test_a_season_begins_at_eight_and_ends_with_its_last_day() -> None:
    season = seasons_of(2026)[0]
    assert not season.holds(datetime(2026, 1, 7, 7, 59, tzinfo=PARIS))
    assert season.holds(datetime(2026, 1, 7, 8, 0, tzinfo=PARIS))
    assert season.holds(datetime(2026, 2, 3, 23, 59, tzinfo=PARIS))
    assert not season.holds(datetime(2026, 2, 4, 0, 0, tzinfo=PARIS))
    assert next_season(datetime(2026, 11, 20, tzinfo=PARIS)).starts_at.date() == date(2027, 1, 6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Soldes d’hiver", True),
        ("SOLDÉ : pull marin", True),
        ("article soldé", True),
        ("Soldanelle en pot", False),
        ("Promotion", False),
        ("Le soldat inconnu", False),
    ],
)
def test_the_word_is_found_with_what_is_made_of_it(text: str, *, says: bool) -> None:
    assert says_soldes([text]) is says


@pytest.mark.django_db
def test_the_merchant_is_warned_outside_the_season_and_never_stopped(
    cast: Cast, client: Client, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery, name="Soldes : brioche")
    product = Product.objects.order_by("pk")[0]
    client.force_login(cast.claire)
    pages = [
        reverse("counter:product", args=[cast.bakery.slug, product.pk]),
        reverse("counter:offer", args=[cast.bakery.slug, product.pk, shop.offers[0].pk]),
    ]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "est réservé à deux saisons" in shown
        assert "6\xa0janvier 2027" in shown
    freeze("2027-01-06 10:30")
    for page in pages:
        assert "est réservé à deux saisons" not in client.get(page).content.decode()
    assert catalogue.offer_of(product).is_available
