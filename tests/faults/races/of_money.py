"""Races for money: at the bank, where payouts go, and what the operator takes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count

from tests.cast import Cast
from tests.factories import (
    bank,
    catalogue,
    directory,
    market,
    payments,
    portals,
    territories,
)
from tests.factories import organisations as companies
from tests.faults.locking import Meeting, Race

from chalandise.bank.actions import news, paying_out
from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.news import tell
from chalandise.bank.actions.refunding import refund_charge
from chalandise.bank.gateway import request
from chalandise.bank.models import BankAccount, BankCharge, BankEvent, BankPayout, BankRefund
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.payments.actions.accounts import refresh_account
from chalandise.portals.models import Portal
from chalandise.settlements.actions.rates import change_commission
from chalandise.settlements.models import CommissionChange

NOW = market.NOW
BY = Actor("agent", "1", "Gilles")
_number = count(1)


def charge() -> BankCharge:
    """A charge of 21,90 € that was paid."""
    session = bank.session(at=NOW)
    bank.pay(session, at=NOW)
    return session.charges.get()


def give_backs(_cast: Cast) -> Meeting:
    """All of a charge is given back twice."""
    paid = charge()
    back = partial(refund_charge, paid.reference, amount_cents=2190, metadata={}, at=NOW)

    def give_back() -> str:
        return type(back()).__name__

    return Meeting(give_back, give_back, BankRefund.objects.filter(charge=paid).count)


def news_due(_cast: Cast) -> Meeting:
    """Two senders look for news that are due."""
    paid = charge()
    BankEvent.objects.all().delete()
    tell(paid, "charge.captured", at=NOW, faults=set())

    def claim() -> bool:
        return news._claim(NOW) is not None

    return Meeting(claim, claim)


def payouts(_cast: Cast) -> Meeting:
    """Two workers pay one account out."""
    account = charge().account

    def pay() -> bool:
        return paying_out._pay(account.reference, at=NOW + timedelta(days=2))

    return Meeting(pay, pay, BankPayout.objects.filter(account=account).count)


def same_key(_cast: Cast) -> Meeting:
    """One request comes twice at once, with its key."""
    key = f"account:{next(_number)}"

    def ask() -> int:
        body = {"name": key, "email": "claire@exemple.test", "metadata": {}}
        return request("POST", "/accounts", body=body, key=key, at=NOW).status

    return Meeting(ask, ask, BankAccount.objects.filter(name=key).count)


def new_bank_account(_cast: Cast) -> Meeting:
    """Two workers learn that a merchant's payouts go elsewhere."""
    shop = directory.establishment(organisation=companies.organisation())
    account = refresh_account(payments.merchant_account(shop), at=NOW)
    at_the_bank = BankAccount.objects.get(reference=account.reference)
    verify_account(at_the_bank, iban="FR76 9999", at=NOW)

    def look() -> None:
        refresh_account(account, at=NOW)

    told = OutboxEvent.objects.filter(
        kind="payments.payout_account_changed", payload__account_id=account.pk
    )
    return Meeting(look, look, told.count)


def raises(_cast: Cast) -> Meeting:
    """Two administrators raise one commission, and the later one's holds."""
    shop = directory.establishment(organisation=companies.organisation())
    catalogue.seller(shop.organisation)
    catalogue.offer(shop)
    site = portals.portal(territories.lot())

    def to(commission_bp: int) -> int:
        mine = Portal.objects.get(pk=site.pk)
        change = change_commission(mine, commission_bp, by=BY, at=NOW)
        return change.commission_bp if change else 0

    def told() -> list[tuple[int, bool]]:
        found = CommissionChange.objects.filter(portal=site).order_by("commission_bp")
        return [(one.commission_bp, one.withdrawn_at is None) for one in found]

    return Meeting(partial(to, 300), partial(to, 500), told)


RACES: dict[str, Race] = {
    "bank.queries.lock_account": Race(payouts, (True, False, 1), (True, True, 2)),
    "bank.queries.lock_charge": Race(
        give_backs, ("BankRefund", "BankRefusalError", 1), ("BankRefund", "BankRefund", 2)
    ),
    "bank.queries.lock_due_event": Race(news_due, (True, False, None), (True, True, None)),
    "bank.queries.lock_key": Race(same_key, (200, 200, 1), (200, "IntegrityError", 1)),
    "settlements.queries.locking.lock_rate": Race(
        raises, (300, 500, [(300, False), (500, True)]), (300, "IntegrityError", [(300, True)])
    ),
    "payments.queries.lock_account": Race(new_bank_account, (None, None, 1), (None, None, 2)),
}
