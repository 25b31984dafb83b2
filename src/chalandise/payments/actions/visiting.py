"""The customer's trip to the provider's pages: opened, gone on with, ended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.failpoints import failpoint
from chalandise.kernel.money import portion
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.payments.actions.calling import ask, call_once
from chalandise.payments.actions.settling import Settled, settle
from chalandise.payments.errors import (
    FinalProviderError,
    KeyReusedError,
    NoOnlinePaymentError,
    NothingToPayError,
    ProviderMissingError,
    RetryableProviderError,
)
from chalandise.payments.events import PaymentFailed
from chalandise.payments.models import MerchantAccount, Payment, Visit
from chalandise.payments.ports import ChargeRequest, VisitRequest
from chalandise.payments.providers.register import online_provider
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import (
    OPEN_STATES,
    lock_created_payments,
    lock_payable_parts,
    lock_payment,
    open_visit_of,
)
from chalandise.payments.states import (
    PAYMENT_TRANSITIONS,
    VISIT_TRANSITIONS,
    PaymentState,
    VisitState,
)

LONGEST_VISIT = timedelta(minutes=30)
PAYMENTS = Actor.system("payments")


@dataclass(frozen=True)
class Onward:
    """Where the customer goes next.

    Attributes:
        url: the provider's next page, where the next merchant is paid; empty when there is none.
        is_open: the customer came back without paying, and may go back to ``visit.url``.
        is_checking: the provider could not say what became of a payment: show « nous vérifions
            votre paiement » and look again.
    """

    url: str = ""
    is_open: bool = False
    is_checking: bool = False


def open_visit(order: Order, *, return_url: str, cancel_url: str, at: datetime) -> Visit:
    """Prepare the provider's page for all that is left to pay online; asked twice, the same page.

    Args:
        order: the order.
        return_url: where the customer comes back after paying: a page that calls `continue_visit`.
        cancel_url: where the customer comes back without paying.
        at: now.

    Returns:
        A visit whose ``url`` is where to send the customer.

    Raises:
        NothingToPayError: all is paid, or can no longer be.
        NoOnlinePaymentError: nobody takes money online here, or not for one of the merchants.
        ProviderError: the provider did not answer, or refuses.
    """
    known = open_visit_of(order)
    if known is not None:
        onward = continue_visit(known, at=at)
        known.refresh_from_db()
        if onward.is_checking:
            raise RetryableProviderError("checking")
        if known.state == VisitState.OPEN and known.url and known.expires_at > at:
            return known
        if known.state == VisitState.OPEN:
            end_visit(known, at=at)
    failpoint("payments.visit.asked")
    visit = _record(order, return_url=return_url, cancel_url=cancel_url, at=at)
    failpoint("payments.visit.recorded")
    _open_page(visit, at=at)
    return visit


def continue_visit(visit: Visit, *, at: datetime) -> Onward:
    """Look at what the customer has paid, and go on to what is left.

    The pages after paying and after leaving both call it. Every payment is settled by itself: one
    merchant's money may arrive and another's not (fault 19). A provider that takes one merchant at
    a time gets the next one once none of its pages is open any more.
    """
    is_checking = False
    for payment in visit.payments.filter(state__in=OPEN_STATES).order_by("pk"):
        try:
            is_checking |= settle(payment.pk, at=at) is Settled.TO_LOOK_AT
        except (RetryableProviderError, ProviderMissingError):
            is_checking = True
    states = set(visit.payments.values_list("state", flat=True))
    if states & set(OPEN_STATES) == {PaymentState.CREATED} and visit.state == VisitState.OPEN:
        try:
            _open_page(visit, at=at)
        except RetryableProviderError:
            return Onward(is_checking=True)
        except (FinalProviderError, KeyReusedError):
            return Onward()
        return Onward(visit.url)
    if not states & set(OPEN_STATES):
        _close(visit, at=at)
        return Onward()
    return Onward(is_open=not is_checking, is_checking=is_checking)


def end_visit(visit: Visit, *, at: datetime) -> None:
    """Close the provider's page so that nobody pays there any more, and settle what was paid.

    Raises:
        RetryableProviderError: the provider does not answer; the visit stays open.
        ProviderMissingError: it is not configured here; the visit stays open.
    """
    asked = visit.payments.filter(state__in=OPEN_STATES).exclude(provider_reference="")
    for payment in asked.order_by("pk"):
        provider = provider_of(visit.provider)
        reference, account = payment.provider_reference, payment.account_reference
        key = f"close:{payment.public_id}"

        close = partial(provider.close_visit, reference, account=account, key=key, at=at)
        with suppress(FinalProviderError):  # over already, as looking it up will tell
            ask(visit.provider, close, at=at)
        settle(payment.pk, at=at)
    for payment in visit.payments.filter(state=PaymentState.CREATED, provider_reference=""):
        _give_up(payment, PaymentState.CANCELLED, at=at)
    if not visit.payments.filter(state__in=OPEN_STATES).exists():
        _close(visit, at=at)


@transaction.atomic
def _record(order: Order, *, return_url: str, cancel_url: str, at: datetime) -> Visit:
    parts = lock_payable_parts(order)
    if not parts or (order.expires_at is not None and order.expires_at <= at):
        raise NothingToPayError
    if (known := open_visit_of(order)) is not None:
        return known  # two presses at once: the first has recorded it while we waited
    provider = online_provider()
    if provider is None:
        raise NoOnlinePaymentError
    accounts = _accounts(parts, provider.key)
    longest = at + LONGEST_VISIT
    visit = Visit.objects.create(
        order=order,
        provider=provider.key,
        return_url=return_url,
        cancel_url=cancel_url,
        opened_at=at,
        expires_at=min(order.expires_at or longest, longest),
    )
    Payment.objects.bulk_create(
        Payment(
            visit=visit,
            merchant_order=part,
            provider=provider.key,
            account_reference=accounts[part.organisation_id],
            amount_cents=part.total_cents,
            created_at=at,
        )
        for part in parts
    )
    record(order, "visit_opened", by=PAYMENTS, at=at, detail={"payments": len(parts)})
    return visit


def _accounts(parts: list[MerchantOrder], provider: str) -> dict[int, str]:
    wanted = {part.organisation_id for part in parts}
    ready = MerchantAccount.objects.filter(
        organisation_id__in=wanted, provider=provider, is_ready=True
    )
    accounts = dict(ready.values_list("organisation_id", "reference"))
    if set(accounts) != wanted:
        raise NoOnlinePaymentError
    return accounts


def _open_page(visit: Visit, *, at: datetime) -> None:
    """Ask the provider for a page; asked again after a crash, it is the same page."""
    waiting = list(
        visit.payments.filter(state=PaymentState.CREATED)
        .select_related("merchant_order__establishment")
        .order_by("pk")
    )
    if not waiting:  # another press opened the page while we waited for our turn
        visit.refresh_from_db(fields=["url"])
        return
    request = VisitRequest(
        charges=tuple(_charge(payment, visit.order) for payment in waiting),
        return_url=visit.return_url,
        cancel_url=visit.cancel_url,
        opened_at=visit.opened_at,
        expires_at=visit.expires_at,
        email=visit.order.customer_email,
    )
    key = f"visit:{waiting[0].public_id}"
    asked = {
        "charges": {str(one.public_id): one.amount_cents for one in waiting},
        "return_url": visit.return_url,
    }

    def do() -> dict[str, Any]:
        opened = provider_of(visit.provider).open_visit(request, key=key, at=at)
        return {"url": opened.url, "references": dict(opened.references)}

    try:
        answer = call_once(visit.provider, "visit", key, asked, do, at=at)
    except FinalProviderError:
        for payment in waiting:
            _give_up(payment, PaymentState.FAILED, at=at)
        _close(visit, at=at)
        raise
    failpoint("payments.visit.opened")
    _keep_references(visit, answer["url"], answer["references"], at=at)


@transaction.atomic
def _keep_references(visit: Visit, url: str, references: dict[str, str], *, at: datetime) -> None:
    Visit.objects.filter(pk=visit.pk).update(url=url)
    visit.url = url
    for held in lock_created_payments(visit, list(references)):
        held.provider_reference = references[str(held.public_id)]
        held.save(update_fields=["provider_reference"])
        move(held, PaymentState.REQUESTED, table=PAYMENT_TRANSITIONS, by=PAYMENTS, at=at)


@transaction.atomic
def _give_up(payment: Payment, to: PaymentState, *, at: datetime) -> None:
    held = lock_payment(payment.pk)
    if held.state != PaymentState.CREATED:
        return
    move(held, to, table=PAYMENT_TRANSITIONS, by=PAYMENTS, at=at)
    emit(PaymentFailed(held.pk), at=at)


@transaction.atomic
def _close(visit: Visit, *, at: datetime) -> None:
    with suppress(StaleStateError):  # of two who close it at once, the journal hears one
        move(visit, VisitState.CLOSED, table=VISIT_TRANSITIONS, by=PAYMENTS, at=at)
    visit.state = VisitState.CLOSED


def _charge(payment: Payment, order: Order) -> ChargeRequest:
    part = payment.merchant_order
    return ChargeRequest(
        payment=str(payment.public_id),
        account=payment.account_reference,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        description=f"{part.establishment.name} · {part.number}",
        metadata={"merchant_order": part.number, "order": order.number},
        fee_cents=portion(payment.amount_cents, part.commission_bp),
    )
