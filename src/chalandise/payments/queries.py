"""Reads of payments: what pages show, what other rooms ask, rows held for a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from chalandise.catalogue.queries.rows import taken
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.organisations.models import Organisation
from chalandise.payments.breaker import BREAKERS
from chalandise.payments.models import (
    Discrepancy,
    Dispute,
    MerchantAccount,
    Payment,
    Refund,
    Visit,
)
from chalandise.payments.ports import ProviderEvent
from chalandise.payments.providers.register import ON_COLLECTION, online_provider
from chalandise.payments.states import (
    STOPS_NO_PAYOUTS,
    DiscrepancyState,
    DisputeState,
    PaymentState,
    RefundState,
    VisitState,
)

CASH_LIMIT_CENTS = 100_000  # Code monétaire et financier, art. D112-3
OPEN_STATES = (PaymentState.CREATED, PaymentState.REQUESTED)


@dataclass(frozen=True)
class PartPaid:
    """How one merchant order of an order stands with money.

    Attributes:
        merchant_order: the part.
        payment: the payment that tells most: the captured one, else the latest; none before any.
        is_paid: money was taken and not all of it promised back.
        is_open: the customer may be paying it right now, or go back and pay.
        is_doubted: the provider could not say, or said what does not agree: « nous vérifions ».
        refunded_cents: given back or promised.
    """

    merchant_order: MerchantOrder
    payment: Payment | None
    is_paid: bool
    is_open: bool
    is_doubted: bool
    refunded_cents: int


@dataclass(frozen=True)
class OrderPaid:
    """How an order stands with money: what the page after the bank shows.

    Attributes:
        parts: one for each merchant, in the order of the order.
        paid_cents: taken and not promised back.
        unpaid_cents: what may still be paid online, doubted payments left out.
        is_checking: a payment is doubted: « nous vérifions votre paiement ».
    """

    parts: tuple[PartPaid, ...]
    paid_cents: int
    unpaid_cents: int
    is_checking: bool

    @property
    def is_complete(self) -> bool:
        """Tell whether every part that is paid online is paid."""
        return not self.unpaid_cents and not self.is_checking

    @property
    def is_partial(self) -> bool:
        """Tell whether some merchants are paid and others not (fault 19)."""
        return bool(self.paid_cents) and bool(self.unpaid_cents)


def order_paid(order: Order, parts: Sequence[MerchantOrder] | None = None) -> OrderPaid:
    """Tell how an order stands with money, in two statements, one where its parts are at hand."""
    if parts is None:
        of_order = MerchantOrder.objects.filter(order=order)
        parts = list(of_order.select_related("establishment").order_by("pk"))
    by_part: dict[int, list[Payment]] = {part.pk: [] for part in parts}
    for payment in _payments_of(order):
        by_part[payment.merchant_order_id].append(payment)
    told = tuple(_part_paid(part, by_part[part.pk]) for part in parts)
    paid = [one.payment for one in told if one.is_paid and one.payment is not None]
    return OrderPaid(
        parts=told,
        paid_cents=sum(one.captured_cents - one.refunded_cents for one in paid),
        unpaid_cents=sum(
            one.merchant_order.total_cents
            for one in told
            if is_payable(one.merchant_order) and not one.is_doubted
        ),
        is_checking=any(one.is_doubted for one in told),
    )


_PAYMENT = [field.attname for field in Payment._meta.concrete_fields]
_PAYMENTS = f"""
    SELECT {", ".join(f"y.{name}" for name in _PAYMENT)}
    FROM payments_payment y JOIN ordering_merchantorder m ON m.id = y.merchant_order_id
    WHERE m.order_id = %s ORDER BY y.id
"""  # noqa: S608 (joined of constants)


def _payments_of(order: Order) -> list[Payment]:
    """Return the payments of an order, oldest first; in plain SQL, its page is opened at once."""
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, [order.pk])
        rows = cursor.fetchall()
    return [taken(Payment, _PAYMENT, list(row)) for row in rows]


def _part_paid(part: MerchantOrder, payments: list[Payment]) -> PartPaid:
    captured = [one for one in payments if one.state == PaymentState.CAPTURED]
    kept = [one for one in captured if one.refunded_cents < one.captured_cents]
    telling = kept or captured or payments
    return PartPaid(
        merchant_order=part,
        payment=telling[-1] if telling else None,
        is_paid=bool(kept),
        is_open=any(one.state in OPEN_STATES for one in payments),
        is_doubted=any(one.state in OPEN_STATES and one.doubted_at for one in payments),
        refunded_cents=sum(one.refunded_cents for one in payments),
    )


def is_payable(part: MerchantOrder) -> bool:
    """Tell whether a merchant order waits for an online payment."""
    return (
        part.pays == Pays.ONLINE
        and part.state == MerchantOrderState.AWAITING_PAYMENT
        and part.paid_at is None
        and part.total_cents > 0
    )


_READY = """
    SELECT organisation_id FROM payments_merchantaccount
    WHERE organisation_id = ANY(%s::bigint[]) AND provider = %s AND is_ready
"""


def sells_online(organisation_ids: list[int], *, at: datetime) -> set[int]:
    """Return those of the merchants who can be paid online right now, in one statement.

    Empty while nobody takes money online here, or while the provider does not answer: then
    people pay when they collect (fault 31).
    """
    provider = online_provider()
    if provider is None or not BREAKERS.of(provider.key).lets_through(at):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_READY, [organisation_ids, provider.key])
        return {pk for (pk,) in cursor.fetchall()}


def cash_limit_exceeded(merchant_order: MerchantOrder) -> bool:
    """Tell whether the handover screen must warn: too much for cash (law, 1 000 €)."""
    return due_cents(merchant_order) > CASH_LIMIT_CENTS


def due_cents(merchant_order: MerchantOrder) -> int:
    """Return what a merchant order costs after what became of its lines, in one statement."""
    changes = merchant_order.lines.aggregate(cents=Sum("changes__cents"))["cents"]
    return max(0, merchant_order.total_cents + int(changes or 0))


def paid_cents(merchant_order: MerchantOrder) -> int:
    """Return what was taken for a merchant order and not promised back, in one statement."""
    found = merchant_order.payments.filter(state=PaymentState.CAPTURED).aggregate(
        taken=Sum("captured_cents"), back=Sum("refunded_cents")
    )
    return int(found["taken"] or 0) - int(found["back"] or 0)


def captured_payments(merchant_order_id: int) -> list[Payment]:
    """Return the payments of a merchant order from which money may be given back, newest first."""
    captured = Payment.objects.filter(
        merchant_order_id=merchant_order_id, state=PaymentState.CAPTURED
    )
    return list(captured.order_by("-captured_at", "-pk"))


def refunds_of(merchant_order: MerchantOrder) -> list[Refund]:
    """Return a merchant order's refunds, oldest first, in one statement."""
    return list(
        Refund.objects.filter(payment__merchant_order=merchant_order)
        .select_related("payment")
        .order_by("pk")
    )


def dispute_of(payment: Payment) -> Dispute | None:
    """Return the dispute of a payment that the bank has not decided for the merchant."""
    return Dispute.objects.filter(payment=payment).exclude(state=DisputeState.WON).first()


def left_after(dispute: Dispute, payment: Payment) -> int:
    """Return what may still be sent back of a payment: not what a cardholder's bank took back."""
    gone = payment.refunds.filter(state__in=(RefundState.SENT, RefundState.DONE))
    sent = gone.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return int(payment.captured_cents - dispute.amount_cents - sent)


def account_of(organisation: Organisation) -> MerchantAccount | None:
    """Return a merchant's account at whoever takes money online here."""
    provider = online_provider()
    if provider is None:
        return None
    return MerchantAccount.objects.filter(organisation=organisation, provider=provider.key).first()


@dataclass(frozen=True)
class PayoutsWait:
    """Why a merchant's payouts wait on their own balance at the provider.

    Attributes:
        until: the bank account changed: until when they wait for that (fault 24).
        is_difference: money does not add up, and nobody has decided yet (I9).
    """

    until: datetime | None
    is_difference: bool


def why_payouts_wait(organisation: Organisation, *, at: datetime) -> PayoutsWait | None:
    """Tell why a merchant's payouts wait; none where they leave as usual."""
    changed = MerchantAccount.objects.filter(organisation=organisation, payouts_held_until__gt=at)
    until = changed.values_list("payouts_held_until", flat=True).order_by("-pk").first()
    is_difference = _differences().filter(organisation=organisation).exists()
    return PayoutsWait(until, is_difference) if until or is_difference else None


def accounts_to_hold(*, at: datetime) -> list[MerchantAccount]:
    """Return the accounts whose payouts are to be stopped and are not yet."""
    waiting = MerchantAccount.objects.filter(payouts_stopped_at=None)
    return list(waiting.filter(Q(payouts_held_until__gt=at) | _has_difference()).order_by("pk"))


def accounts_to_let_go(*, at: datetime) -> list[MerchantAccount]:
    """Return the accounts whose payouts were stopped and for which nothing speaks any more."""
    stopped = MerchantAccount.objects.exclude(payouts_stopped_at=None)
    return list(
        stopped.exclude(payouts_held_until__gt=at).exclude(_has_difference()).order_by("pk")
    )


def _has_difference() -> Q:
    return Q(organisation__in=_differences().values("organisation"))


def _differences() -> QuerySet[Discrepancy]:
    """Return the differences that stop payouts."""
    found = Discrepancy.objects.filter(state=DiscrepancyState.OPEN).exclude(organisation=None)
    return found.exclude(kind__in=STOPS_NO_PAYOUTS)


def open_discrepancies() -> QuerySet[Discrepancy]:
    """Return what a person must look at, oldest first."""
    return (
        Discrepancy.objects.filter(state=DiscrepancyState.OPEN)
        .select_related("payment__merchant_order__order__portal", "organisation")
        .order_by("found_at", "pk")
    )


def get_payment(public_id: UUID | str) -> Payment:
    """Return a payment by our public number.

    Raises:
        NotFoundError: there is none.
    """
    found = find_payment(str(public_id))
    if found is None:
        raise NotFoundError
    return found


def find_payment(public_id: str) -> Payment | None:
    """Return a payment by the number that providers keep for us; none for anything else."""
    try:
        number = UUID(public_id)
    except ValueError:
        return None
    return Payment.objects.filter(public_id=number).first()


def find_payment_of(event: ProviderEvent, provider: str) -> Payment | None:
    """Return the payment that an event is about.

    What the provider names counts first; our own number, which anybody who has an account at the
    provider could write into a payment of theirs, is only where to look.
    """
    named = Payment.objects.filter(
        Q(provider_reference__in=event.references)
        | Q(charge_reference__in=[one for one in event.references if one]),
        provider=provider,
    ).first()
    if named is not None or not event.payment:
        return named
    found = find_payment(event.payment)
    return found if found is not None and found.provider == provider else None


def open_visit_of(order: Order) -> Visit | None:
    """Return the visit that is under way for an order."""
    return Visit.objects.filter(order=order, state=VisitState.OPEN).first()


def payments_to_look_up(*, most: int) -> list[int]:
    """Return payments whose outcome is not known, the longest unseen first."""
    waiting = Payment.objects.filter(state__in=OPEN_STATES).exclude(provider=ON_COLLECTION)
    from_never = waiting.order_by("looked_at", "pk")  # PostgreSQL puts nulls last
    never = list(waiting.filter(looked_at=None).order_by("pk").values_list("pk", flat=True)[:most])
    seen = from_never.exclude(looked_at=None).values_list("pk", flat=True)[: most - len(never)]
    return [*never, *seen]


def disputes_to_look_up(*, since: datetime, at: datetime, most: int) -> list[int]:
    """Return payments whose dispute goes on, or ended since: the longest unseen first."""
    told = Dispute.objects.filter(Q(state=DisputeState.OPEN) | Q(ended_at__gte=since))
    unseen = told.exclude(payment__looked_at__gte=at)
    return list(
        unseen.order_by("payment__looked_at", "pk").values_list("payment_id", flat=True)[:most]
    )


def refunds_to_send(*, at: datetime, most: int) -> list[int]:
    """Return the refunds whose turn it is."""
    waiting = Refund.objects.filter(state=RefundState.REQUESTED).filter(
        Q(next_try_at=None) | Q(next_try_at__lte=at)
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:most])


def refunds_on_their_way(*, at: datetime, most: int) -> list[int]:
    """Return the refunds to ask after, however old, the longest unasked first."""
    due = Refund.objects.filter(state=RefundState.SENT).filter(
        Q(next_try_at=None) | Q(next_try_at__lte=at)
    )
    return list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:most])


def lock_payment(payment_id: int) -> Payment:
    """Return a payment held for this transaction, with its merchant order, which is not held."""
    held = Payment.objects.select_for_update(of=("self",))
    return held.select_related("merchant_order__organisation").get(pk=payment_id)


def lock_captured_payments(merchant_order_id: int) -> list[Payment]:
    """Return the payments of a merchant order from which money may be given back, held."""
    captured = Payment.objects.filter(
        merchant_order_id=merchant_order_id, state=PaymentState.CAPTURED
    )
    return list(captured.select_for_update(of=("self",)).order_by("pk"))


def lock_created_payments(visit: Visit, public_ids: list[str]) -> list[Payment]:
    """Return those of a visit's payments that no page covers yet, held, in primary-key order."""
    created = visit.payments.filter(public_id__in=public_ids, state=PaymentState.CREATED)
    return list(created.select_for_update(of=("self",)).order_by("pk"))


def lock_refund(refund_id: int) -> Refund:
    """Return a refund held for this transaction."""
    return Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)


def lock_payable_parts(order: Order) -> list[MerchantOrder]:
    """Return the merchant orders that wait for an online payment, held, in primary-key order."""
    parts = MerchantOrder.objects.select_for_update(of=("self",)).filter(order=order)
    return [
        part for part in parts.select_related("establishment").order_by("pk") if is_payable(part)
    ]


def lock_account(account_id: int) -> MerchantAccount:
    """Return a merchant's account held for this transaction."""
    return MerchantAccount.objects.select_for_update().get(pk=account_id)
