"""What of an operator's portal has to do with money and needs a person: reads, in its scope only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from chalandise.directory.models import Establishment
from chalandise.fulfilment.policies import COLLECTED_WAYS
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.actions import subject_of
from chalandise.journal.models import Entry
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.queries.refunds import late_withdrawals
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.payments.models import Discrepancy, Dispute, MerchantAccount, Payment, Refund
from chalandise.payments.queries import open_discrepancies
from chalandise.payments.states import RefundState
from chalandise.portals.models import Portal
from chalandise.portals.queries import list_descendant_ids

MOST = 50
MOST_TRACES = 200


def discrepancies_on(portal: Portal) -> QuerySet[Discrepancy]:
    """Return what does not add up in the portal and below it, oldest first.

    Money that no payment of ours explains belongs to the portal where its merchant stands. Where
    not even a merchant is known, it is shown to the only portal that stands above all others, and
    to nobody where there are several: it stands in the log of errors all the same.
    """
    return open_discrepancies().filter(_in(portal))


def get_discrepancy_on(portal: Portal, discrepancy_id: int) -> Discrepancy:
    """Return one of them, dealt with or not.

    Raises:
        NotFoundError: absent, or of another portal.
    """
    rows = Discrepancy.objects.select_related("payment__merchant_order__order", "organisation")
    found = rows.filter(_in(portal), pk=discrepancy_id).first()
    if found is None:
        raise NotFoundError
    return found


def parts_to_arrange(portal: Portal) -> QuerySet[MerchantOrder]:
    """Return the merchant orders for which somebody must speak with the customer, soonest first."""
    return (
        MerchantOrder.objects.filter(order__portal__in=list_descendant_ids(portal))
        .exclude(to_arrange="")
        .select_related("order", "establishment")
        .order_by("starts_at", "pk")
    )


def get_part_on(portal: Portal, part_id: int) -> MerchantOrder:
    """Return a merchant order placed at the portal or below it.

    Raises:
        NotFoundError: absent, or of another portal.
    """
    rows = MerchantOrder.objects.filter(order__portal__in=list_descendant_ids(portal))
    found = rows.select_related("order", "establishment").filter(pk=part_id).first()
    if found is None:
        raise NotFoundError
    return found


def never_collected(portal: Portal, *, at: datetime) -> QuerySet[MerchantOrder]:
    """Return what was paid, is ready and was kept as long as agreed: nobody came, longest first.

    Its merchant decides; an agent rings where the merchant does not.
    """
    return (
        MerchantOrder.objects.filter(
            order__portal__in=list_descendant_ids(portal),
            state=MerchantOrderState.ACCEPTED,
            pays=Pays.ONLINE,
            way_kind__in=COLLECTED_WAYS,
            gathered_by=None,
            fulfilment__state=FulfilmentState.READY,
            fulfilment__kept_until__lte=at,
        )
        .select_related("order", "establishment", "fulfilment")
        .order_by("fulfilment__kept_until", "pk")
    )


def refunds_under_way(portal: Portal) -> QuerySet[Refund]:
    """Return refunds that have not arrived, those that wait for a merchant's balance first."""
    return (
        Refund.objects.filter(
            payment__merchant_order__order__portal__in=list_descendant_ids(portal),
            state__in=[RefundState.REQUESTED, RefundState.SENT],
        )
        .select_related("payment__merchant_order__order", "payment__merchant_order__establishment")
        .order_by("-is_debt", "requested_at", "pk")
    )


def disputes_on(portal: Portal) -> QuerySet[Dispute]:
    """Return the payments that cardholders dispute, latest first."""
    return (
        Dispute.objects.filter(
            payment__merchant_order__order__portal__in=list_descendant_ids(portal)
        )
        .select_related("payment__merchant_order__order", "payment__merchant_order__establishment")
        .order_by("-opened_at", "-pk")
    )


def accounts_changed_on(portal: Portal, *, at: datetime) -> QuerySet[MerchantAccount]:
    """Return the merchants whose payouts wait: the bank account changed (fault 24), or a difference."""
    shops = Establishment.objects.on(portal).exclude(organisation=None)
    changed = MerchantAccount.objects.filter(
        Q(payouts_held_until__gt=at) | Q(payouts_stopped_at__isnull=False)
    )
    return (
        changed.filter(organisation__in=shops.values("organisation"))
        .select_related("organisation")
        .order_by(F("payouts_held_until").desc(nulls_last=True), "pk")
    )


def get_account_on(portal: Portal, account_id: int, *, at: datetime) -> MerchantAccount:
    """Return one of them.

    Raises:
        NotFoundError: absent, of another portal, or not held.
    """
    found = (
        accounts_changed_on(portal, at=at)
        .filter(pk=account_id, payouts_held_until__isnull=False)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def late_withdrawals_on(portal: Portal, *, on: date) -> QuerySet[Withdrawal]:
    """Return withdrawals not paid back by their day, and those a merchant objects to."""
    here = list_descendant_ids(portal)
    return late_withdrawals(on=on).filter(merchant_order__order__portal__in=here)


def latest_orders(portal: Portal) -> QuerySet[Order]:
    """Return the orders placed at the portal or below it, newest first."""
    return (
        Order.objects.filter(portal__in=list_descendant_ids(portal))
        .select_related("portal")
        .order_by("-placed_at", "-pk")
    )


def payments_of(order: Order) -> list[Payment]:
    """Return every payment of an order with its refunds, oldest first; two statements."""
    rows = Payment.objects.filter(merchant_order__order=order).select_related("merchant_order")
    return list(rows.prefetch_related("refunds").order_by("pk"))


def trace_of(order: Order, payments: Iterable[Payment]) -> list[Entry]:
    """Return what happened to an order, its parts and its payments, latest first; one statement."""
    subjects = [subject_of(order), *map(subject_of, order.merchant_orders.all())]
    for payment in payments:
        subjects += [subject_of(payment), *map(subject_of, payment.refunds.all())]
    return list(Entry.objects.filter(subject__in=subjects).order_by("-pk")[:MOST_TRACES])


def _in(portal: Portal) -> Q:
    ids = list_descendant_ids(portal)
    shops = Establishment.objects.on(portal).exclude(organisation=None)
    here = Q(payment__merchant_order__order__portal__in=ids) | Q(
        payment=None, organisation__in=shops.values("organisation")
    )
    if portal.parent_id is None and Portal.objects.filter(parent=None).count() == 1:
        here |= Q(payment=None, organisation=None)
    return here
