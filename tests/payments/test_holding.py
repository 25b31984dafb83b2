"""A bank account changed by somebody else: payouts wait three days at the provider (fault 24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at

from chalandise.bank.actions.accounts import set_payouts, verify_account
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.models import BankAccount
from chalandise.bank.states import FaultKind
from chalandise.journal.states import Actor
from chalandise.payments.actions.accounts import refresh_account
from chalandise.payments.actions.discrepancies import find_fault, resolve_discrepancy
from chalandise.payments.actions.holding import turn_holds
from chalandise.payments.models import MerchantAccount
from chalandise.payments.ports import STOPPED
from chalandise.payments.states import DiscrepancyKind

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def changed(cast: Cast, *, at: Any = NOON) -> MerchantAccount:
    """Have somebody change where the payouts of the bakery go; they left on Mondays."""
    account = refresh_account(payments.merchant_account(cast.bakery), at=at)
    set_payouts(BankAccount.objects.get(), "weekly:monday", at=at)
    verify_account(BankAccount.objects.get(), iban="FR76 9999", at=at)
    return refresh_account(account, at=at)


def rhythm() -> str:
    return BankAccount.objects.get().payouts


def test_fault_24_payouts_stop_within_a_minute_and_leave_again_after_three_days(
    cast: Cast,
) -> None:
    account = changed(cast)
    assert turn_holds(at=NOON + MINUTE) == 1
    assert rhythm() == STOPPED
    assert turn_holds(at=NOON + 2 * MINUTE) == 0
    refresh_account(account, at=NOON + timedelta(hours=1))  # what it tells now is our own doing
    assert turn_holds(at=NOON + timedelta(hours=72) - MINUTE) == 0
    assert turn_holds(at=NOON + timedelta(hours=72)) == 1
    assert rhythm() == "weekly:monday"
    account.refresh_from_db()
    assert account.payouts_stopped_at is None
    assert turn_holds(at=NOON + timedelta(hours=73)) == 0


def test_fault_24_a_second_change_makes_the_hold_longer_and_forgets_nothing(cast: Cast) -> None:
    account = changed(cast)
    turn_holds(at=NOON + MINUTE)
    later = NOON + timedelta(hours=70)
    verify_account(BankAccount.objects.get(), iban="FR76 8888", at=later)
    refresh_account(account, at=later)
    assert turn_holds(at=NOON + timedelta(hours=73)) == 0
    assert rhythm() == STOPPED
    turn_holds(at=later + timedelta(hours=72))
    assert rhythm() == "weekly:monday"


def test_fault_24_a_provider_that_is_down_is_asked_again(cast: Cast) -> None:
    account = changed(cast)
    script_fault(FaultKind.SERVER_ERROR, on="POST /accounts")
    assert turn_holds(at=NOON + MINUTE) == 0
    account.refresh_from_db()
    assert (account.payouts_stopped_at, rhythm()) == (None, "weekly:monday")
    assert turn_holds(at=NOON + 2 * MINUTE) == 1
    assert rhythm() == STOPPED


def test_a_difference_stops_payouts_until_it_is_decided(
    cast: Cast, client: Client, freeze: Any
) -> None:
    """Invariant I9: shown to the desk and to the merchant; a dispute alone stops nothing."""
    now = freeze("2026-11-18 10:30")
    payment = payments.visit(order_at(cast.lot, cast.bakery), at=now).payments.get()
    set_payouts(BankAccount.objects.get(), "weekly:monday", at=now)
    find_fault(payment, DiscrepancyKind.DISPUTE, detail={}, at=now)
    assert turn_holds(at=now) == 0
    found = find_fault(payment, DiscrepancyKind.REFUND_MISSING, detail={}, at=now)
    assert (turn_holds(at=now + MINUTE), turn_holds(at=now + 2 * MINUTE)) == (1, 0)
    assert rhythm() == STOPPED
    client.force_login(cast.helene, backend="django.contrib.auth.backends.ModelBackend")
    assert "un écart est à trancher" in client.get(reverse("console:money")).content.decode()
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    selling = reverse("counter:selling", args=[cast.bakery.slug])
    assert "Une somme ne tombe pas juste" in client.get(selling).content.decode()
    resolve_discrepancy(found, by=Actor.system("desk"), at=now)
    assert turn_holds(at=now + 3 * MINUTE) == 1
    assert rhythm() == "weekly:monday"
    assert "Une somme ne tombe pas juste" not in client.get(selling).content.decode()


def test_fault_24_the_desk_lets_go_or_holds_longer(cast: Cast, client: Client, freeze: Any) -> None:
    now = freeze("2026-11-18 10:30")
    account = changed(cast, at=now)
    turn_holds(at=now)
    page = reverse("console:hold", args=[account.pk])
    client.force_login(cast.helene, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(page).content.decode()
    assert "Appelez les propri" in shown
    longer = client.post(page, {"what": "longer", "note": "Personne ne répond."})
    assert longer.status_code == 302
    account.refresh_from_db()
    assert account.payouts_held_until == now + timedelta(days=7)
    client.post(page, {"what": "let_go", "note": "Claire confirme de vive voix."})
    assert turn_holds(at=timezone.now() + MINUTE) == 1
    assert rhythm() == "weekly:monday"
    client.force_login(cast.odile, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page).status_code == 404
