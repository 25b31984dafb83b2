"""Finding what nobody told us: open payments looked up, books compared with the provider's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from chalandise.ordering.models import MerchantOrder
from chalandise.payments.actions.arriving import follow_refunds
from chalandise.payments.actions.calling import ask, call_once
from chalandise.payments.actions.discrepancies import find_fault, find_orphan, note_refusal
from chalandise.payments.actions.looking import look_up, without_failed
from chalandise.payments.actions.paying_out import note_payouts
from chalandise.payments.actions.settling import apply, settle
from chalandise.payments.actions.troubles import TROUBLES, code_of, note_trouble
from chalandise.payments.actions.visiting import continue_visit, end_visit
from chalandise.payments.errors import FinalProviderError, KeyReusedError
from chalandise.payments.models import MerchantAccount, Payment, Visit
from chalandise.payments.ports import PAYMENT_MARK, Found, ProviderPayment, RefundRequest
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import (
    disputes_to_look_up,
    find_payment,
    payments_to_look_up,
)
from chalandise.payments.states import (
    DiscrepancyKind,
    PaymentState,
    RefundState,
    VisitState,
)

MOST_LOOKED_UP = 200
AFTER_EXPIRY = timedelta(minutes=1)
AGREED_AFTER = timedelta(minutes=15)  # a provider's list may lag behind its answers


@dataclass
class Compared:
    """What a comparison of the books found.

    Attributes:
        seen: payments on the provider's list.
        mended: payments brought to where the provider says they are.
        orphans: payments that we do not know.
        faults: differences that a person must look at, orphans included.
        payouts: payouts that were not known.
    """

    seen: int = 0
    mended: int = 0
    orphans: int = 0
    faults: int = 0
    payouts: int = 0


def watch_payments(*, at: datetime, most: int = MOST_LOOKED_UP) -> int:
    """Look up every payment whose outcome is not known; return how many are known now.

    One that is in trouble keeps the others from nothing. Also opens again the page whose opening was cut short by a crash, and closes at the provider
    the visits whose time is over, so that nobody pays for what is no longer held.
    """
    _finish_visits(at=at)
    known = 0
    for payment_id in payments_to_look_up(most=most):
        try:
            settle(payment_id, at=at)
        except TROUBLES as error:
            note_trouble(error, Payment.objects.get(pk=payment_id), at=at)
            continue  # the next minute asks again
        if not Payment.objects.filter(
            pk=payment_id, state__in=(PaymentState.CREATED, PaymentState.REQUESTED)
        ).exists():
            known += 1
    return known


def _finish_visits(*, at: datetime) -> None:
    for visit in Visit.objects.filter(state=VisitState.OPEN).select_related("order").order_by("pk"):
        try:
            if visit.expires_at + AFTER_EXPIRY <= at:
                end_visit(visit, at=at)
            elif (
                not visit.url
                or not visit.payments.filter(
                    state__in=(PaymentState.CREATED, PaymentState.REQUESTED)
                ).exists()
            ):
                continue_visit(visit, at=at)
        except TROUBLES as error:
            note_trouble(error, visit, at=at)


def compare_books(*, since: datetime, at: datetime) -> Compared:
    """Compare our payments with the providers' lists, account by account (I9).

    What was taken and we did not know is settled; money for payments that we do not know is put
    to its order if that still waits for exactly this, and given back otherwise (fault 30). An account
    or a payment in trouble goes to the queue, and the others are compared all the same. Disputes
    outlive these days by months: those that go on, or ended since, are looked up wherever they are.
    """
    told = Compared()
    for account in MerchantAccount.objects.select_related("organisation").order_by("pk"):
        try:
            _compare(account, told, since=since, at=at)
            told.payouts += note_payouts(account, at=at)
        except TROUBLES as error:
            note_trouble(error, account, at=at)
    for payment_id in disputes_to_look_up(since=since, at=at, most=MOST_LOOKED_UP):
        try:
            settle(payment_id, at=at)
        except TROUBLES as error:
            note_trouble(error, Payment.objects.get(pk=payment_id), at=at)
    return told


def _compare(account: MerchantAccount, told: Compared, *, since: datetime, at: datetime) -> None:
    provider = provider_of(account.provider)
    listed = ask(
        account.provider,
        lambda: list(provider.list_payments(since=since, account=account.reference, at=at)),
        at=at,
    )
    for found in listed:
        told.seen += 1
        payment = find_payment(found.metadata.get(PAYMENT_MARK, ""))
        try:
            if payment is None:
                _adopt(account, found, told, at=at)
            elif found.state is Found.CAPTURED:
                _compare_one(payment, found, told, at=at)
        except TROUBLES as error:
            note_trouble(error, payment or account, at=at)
    _find_missing(account, {one.reference for one in listed}, told, since=since, at=at)


def _compare_one(payment: Payment, found: ProviderPayment, told: Compared, *, at: datetime) -> None:
    was = payment.state
    is_told = not found.is_disputed  # of a dispute a list tells neither how much nor how it ended
    found = without_failed(payment, found, at=at) if is_told else look_up(payment, at=at)
    apply(payment.pk, found, at=at)
    payment.refresh_from_db()
    told.mended += was != payment.state
    told.faults += payment.state != PaymentState.CAPTURED
    _compare_refunds(payment, found, told, at=at)


def _compare_refunds(
    payment: Payment, found: ProviderPayment, told: Compared, *, at: datetime
) -> None:
    on_their_way = payment.refunds.filter(state=RefundState.SENT).order_by("pk")
    follow_refunds(list(on_their_way.values_list("pk", flat=True)), at=at)
    done = [RefundState.DONE, RefundState.SENT]
    counted = sum(payment.refunds.filter(state__in=done).values_list("amount_cents", flat=True))
    if counted > found.refunded_cents:
        detail = {"counted_cents": counted, "found_cents": found.refunded_cents}
        find_fault(payment, DiscrepancyKind.REFUND_MISSING, detail=detail, at=at)
        told.faults += 1


def _find_missing(
    account: MerchantAccount,
    references: set[str],
    told: Compared,
    *,
    since: datetime,
    at: datetime,
) -> None:
    ours = Payment.objects.filter(
        provider=account.provider,
        account_reference=account.reference,
        state=PaymentState.CAPTURED,
        created_at__gt=since + AGREED_AFTER,
        created_at__lt=at - AGREED_AFTER,
    )
    for payment in ours.exclude(provider_reference__in=references):
        find_fault(payment, DiscrepancyKind.MISSING, detail={}, at=at)
        told.faults += 1


def _adopt(
    account: MerchantAccount, found: ProviderPayment, told: Compared, *, at: datetime
) -> None:
    """Find a home for money whose payment was lost with the last commits of a failed server."""
    left = found.captured_cents - found.refunded_cents
    if found.state is not Found.CAPTURED or left <= 0:
        return
    told.orphans += 1
    if _rebuild(account, found, at=at):
        told.mended += 1
        return
    told.faults += 1
    detail: dict[str, Any] = {"left_cents": left, "metadata": dict(found.metadata)}
    orphan = find_orphan(
        account.provider, found.reference, organisation=account.organisation, detail=detail, at=at
    )
    try:
        _give_orphan_back(account, found, left, at=at)
    except (FinalProviderError, KeyReusedError) as error:  # whoever looks at it reads why
        note_refusal(orphan, code_of(error))


def _give_orphan_back(
    account: MerchantAccount, found: ProviderPayment, left: int, *, at: datetime
) -> None:
    """Give back all that is left of it, which is why asking anew can give back nothing twice.

    A refusal is kept under its key, and a key is forgotten after a day: each day is another operation.
    """
    request = RefundRequest(
        found.reference,
        found.charge_reference,
        account.reference,
        left,
        {"chalandise_orphan": found.reference},
    )
    key = f"orphan:{found.reference}:{left}:{at:%Y%m%d}"

    def do() -> dict[str, Any]:
        done = provider_of(account.provider).refund(request, key=key, at=at)
        return {"reference": done.reference, "state": done.state.value}

    call_once(account.provider, "orphan", key, {"amount": left}, do, at=at)


def _rebuild(account: MerchantAccount, found: ProviderPayment, *, at: datetime) -> bool:
    """Write a lost payment again from what the provider kept, if its order still waits for it."""
    part = MerchantOrder.objects.filter(
        number=found.metadata.get("merchant_order", ""),
        organisation=account.organisation,
        total_cents=found.captured_cents,
        paid_at=None,
    ).first()
    try:
        number = UUID(found.metadata.get(PAYMENT_MARK, ""))  # its account's owner may write there
    except ValueError:
        return False
    if part is None:
        return False
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                public_id=number,
                merchant_order=part,
                provider=account.provider,
                account_reference=account.reference,
                amount_cents=found.captured_cents,
                provider_reference=found.reference,
                state=PaymentState.REQUESTED,
                created_at=found.created_at,
            )
    except IntegrityError:
        return False  # another payment is open for it: this one goes back
    apply(payment.pk, found, at=at)
    return True
