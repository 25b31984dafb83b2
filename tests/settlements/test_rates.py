"""A higher commission holds fifteen days after merchants were told, a lower one at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.portals.errors import NotARootError
from chalandise.portals.models import Portal
from chalandise.settlements.actions.rates import apply_commissions, change_commission
from chalandise.settlements.models import CommissionChange

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-23 10:00")
BY = Actor("agent", "1", "Gilles")


@pytest.fixture
def sells(cast: Cast) -> Cast:
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    catalogue.offer(cast.bakery, "Pain de campagne")
    return cast


def lot(cast: Cast) -> Portal:
    return Portal.objects.get(pk=cast.lot.pk)


def rates(cast: Cast) -> tuple[int, int]:
    cahors = Portal.objects.get(pk=cast.cahors.pk)
    return lot(cast).commission_bp, cahors.commission_bp


def test_before_anybody_sells_a_commission_holds_at_once(cast: Cast) -> None:
    assert change_commission(lot(cast), 250, by=BY, at=NOW) is None
    assert rates(cast) == (250, 250)


def test_a_raise_waits_fifteen_whole_days_after_merchants_were_told(
    sells: Cast, client: Client
) -> None:
    change = change_commission(lot(sells), 250, by=BY, at=NOW)
    assert change is not None
    assert change.starts_on == date(2026, 12, 9)
    assert change_commission(lot(sells), 250, by=BY, at=NOW) == change  # saved twice, told once
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind="settlements.commission_announced")))
    told = Message.objects.get(template="commission_announced")
    assert told.to == sells.claire.email
    assert "9 décembre 2026" in told.subject
    assert "2,5\u00a0%" in told.text
    client.force_login(sells.claire)
    page = client.get(reverse("counter:selling", args=[sells.bakery.slug])).content.decode()
    assert "9 décembre 2026" in page.replace("\u00a0", " ")
    assert apply_commissions(at=NOW + timedelta(days=15)) == 0
    assert rates(sells) == (0, 0)
    assert [apply_commissions(at=NOW + timedelta(days=16)) for _again in range(2)] == [1, 0]
    assert rates(sells) == (250, 250)


def test_a_raise_is_taken_back_by_what_is_decided_next(sells: Cast) -> None:
    change_commission(lot(sells), 300, by=BY, at=NOW)
    assert change_commission(lot(sells), 0, by=BY, at=NOW) is None
    assert apply_commissions(at=NOW + timedelta(days=30)) == 0
    assert rates(sells) == (0, 0)
    assert CommissionChange.objects.get().withdrawn_at == NOW
    verbs = Entry.objects.filter(verb__startswith="commission").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "commission_announced",
        "commission_withdrawn",
    ]
    dispatch(list(OutboxEvent.objects.filter(kind__startswith="settlements.commission_")))
    assert (
        not Message.objects.exists()
    )  # told late, and no longer true: nothing is to be taken back


def test_a_lower_commission_holds_at_once(sells: Cast) -> None:
    Portal.objects.update(commission_bp=500)
    assert change_commission(lot(sells), 200, by=BY, at=NOW) is None
    assert rates(sells) == (200, 200)


@pytest.mark.parametrize("rate_bp", [-1, 3001])
def test_a_commission_out_of_bounds_is_refused(sells: Cast, rate_bp: int) -> None:
    with pytest.raises(ValueError, match=str(rate_bp)):
        change_commission(lot(sells), rate_bp, by=BY, at=NOW)
    with pytest.raises(NotARootError):
        change_commission(sells.cahors, 100, by=BY, at=NOW)
    assert not CommissionChange.objects.exists()
