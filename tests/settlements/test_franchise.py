"""Sellers without VAT are told in time that they come near to collecting it (CGI, art. 293 B)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories.settlements import sale

from chalandise.catalogue.states import VatRegime
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.actions.thresholds import warn_of_thresholds
from chalandise.settlements.facts import SoldLine
from chalandise.settlements.tax.franchise import (
    Part,
    Step,
    Threshold,
    Turnover,
    nearness_of,
    thresholds_of,
)

NOVEMBER = date(2026, 11, 20)
AT = moment("2026-11-20 06:00")


def steps(goods: int, services: int = 0, *, departement: str = "46") -> list[tuple[Part, Step]]:
    turnover = Turnover((goods + services) * 100, services * 100)
    found = nearness_of(turnover, departement=departement, on=NOVEMBER)
    return [(one.part, one.step) for one in found]


def test_the_thresholds_are_those_of_the_law() -> None:
    assert thresholds_of("46", on=NOVEMBER) == {
        Part.GOODS: Threshold(85_000_00, 93_500_00),
        Part.SERVICES: Threshold(37_500_00, 41_250_00),
    }
    assert thresholds_of("974", on=NOVEMBER)[Part.GOODS] == Threshold(100_000_00, 110_000_00)
    assert thresholds_of("973", on=NOVEMBER) == {}  # no VAT in Guyane
    assert thresholds_of("46", on=date(2024, 12, 31)) == {}  # nobody is warned of what was


def test_from_80_percent_on_each_turnover_is_told_by_itself() -> None:
    assert steps(67_999) == []
    assert steps(68_000) == [(Part.GOODS, Step.NEAR)]
    assert steps(85_000) == [(Part.GOODS, Step.NEAR)]
    assert steps(85_001) == [(Part.GOODS, Step.PASSED)]
    assert steps(93_501) == [(Part.GOODS, Step.RAISED)]
    assert steps(10_000, 37_501) == [(Part.SERVICES, Step.PASSED)]
    assert steps(50_000, 30_000) == [(Part.GOODS, Step.NEAR), (Part.SERVICES, Step.NEAR)]
    assert steps(68_000, departement="974") == []


def sold(cast: Cast, euros: int, *, name: str) -> None:
    """Sell a lot in one go, under the franchise."""
    assert cast.bakery.organisation is not None
    line = SoldLine("1", "Fournil", 1, euros * 100, 0)  # type: ignore[arg-type]
    told = sale(cast.bakery.organisation, line, at=AT, is_franchise=True, mandatary="")
    record_sale(told, source=name, at=AT)


def tell() -> list[str]:
    for _again in range(2):
        warn_of_thresholds(at=AT)
        dispatch(list(OutboxEvent.objects.filter(kind="settlements.threshold_neared")))
    return sorted(
        Message.objects.filter(template="vat_threshold").values_list("subject", flat=True)
    )


@pytest.mark.django_db
def test_a_seller_is_warned_once_for_each_step_of_the_year(cast: Cast, client: Client) -> None:
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation, vat_regime=VatRegime.FRANCHISE, vat_number="")
    name = cast.bakery.organisation.name
    near, passed = (
        f"{name} : le seuil de TVA approche",
        f"{name} : le seuil de TVA est dépassé",
    )
    sold(cast, 60_000, name="a")
    assert tell() == []
    sold(cast, 10_000, name="b")
    assert tell() == [near]
    sold(cast, 16_000, name="c")
    assert tell() == [near, passed]
    letter = Message.objects.order_by("-pk")[0]
    assert "86\xa0000,00" in letter.text.replace("\u202f", "\xa0")
    assert "{" not in letter.text + letter.html
    client.force_login(cast.claire)
    shown = client.get(reverse("counter:papers", args=[cast.bakery.slug])).content.decode()
    assert ("Le seuil de TVA est dépassé" in shown) is (date.today().year == AT.year)  # noqa: DTZ011


@pytest.mark.django_db
def test_who_collects_vat_is_told_nothing(cast: Cast) -> None:
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    sold(cast, 90_000, name="a")
    assert tell() == []
