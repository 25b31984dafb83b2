"""Which e-mails follow a withdrawal: its acknowledgement, its refund clock, an objection."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.days import day_words, moment_words
from chalandise.messaging.order_mails import write_to_customer, write_to_merchant
from chalandise.ordering.events import (
    RefundClockStruck,
    WithdrawalConfirmed,
    WithdrawalMoved,
    WithdrawalSent,
)
from chalandise.ordering.models import Withdrawal
from chalandise.ordering.queries.refunds import facts_of
from chalandise.ordering.refund_clock import Turn, paid_back_on
from chalandise.ordering.states import WithdrawalState
from chalandise.portals.queries import link_to


@subscribes("ordering.withdrawal_confirmed")
def acknowledge_withdrawal(event: WithdrawalConfirmed) -> None:
    """Acknowledge on a durable medium, with content, date and time (L221-21), and tell the merchant."""
    withdrawal = _find(event.withdrawal_id)
    if withdrawal is None:
        return
    part = withdrawal.merchant_order
    zone = ZoneInfo(part.establishment.timezone)
    words = {
        "withdrawal": withdrawal,
        "given_up": list(withdrawal.lines.select_related("line")),
        "confirmed": moment_words(withdrawal.confirmed_at.astimezone(zone)),
        "amount": euros(withdrawal.amount_cents),
        "due": day_words(withdrawal.refund_due_on, with_year=True),
    }
    key = f"withdrawal:{withdrawal.pk}"
    paper = link_to(part.order.portal, "storefront:acknowledgement", withdrawal.token)
    mine = {**words, **_to_receipt(withdrawal), "paper_url": paper}
    write_to_customer(part, "withdrawal_acknowledged", key=key, to=withdrawal.email, words=mine)
    theirs = {**words, **_to_counter(withdrawal)}
    write_to_merchant(part, "withdrawal_received", key=key, words=theirs)


@subscribes("ordering.withdrawal_moved")
def tell_of_objection(event: WithdrawalMoved) -> None:
    """Tell the customer why the merchant objects, and who mediates (L612-1)."""
    withdrawal = _find(event.withdrawal_id)
    if withdrawal is None or event.state != WithdrawalState.CONTESTED:
        return
    seller = withdrawal.merchant_order.seller
    named = (seller.get("mediator_name"), seller.get("mediator_url"))
    mediator = ", ".join(one for one in named if one)
    words = {
        "number": withdrawal.number,
        "answer": withdrawal.answer,
        "mediator": mediator or withdrawal.merchant_order.establishment.name,
        **_to_receipt(withdrawal),
    }
    key = f"withdrawal_contested:{withdrawal.pk}"
    part = withdrawal.merchant_order
    write_to_customer(part, "withdrawal_contested", key=key, to=withdrawal.email, words=words)


@subscribes("ordering.withdrawal_sent")
def tell_of_goods(event: WithdrawalSent) -> None:
    """Tell the merchant that the goods are on their way back, and when the money goes."""
    withdrawal = _find(event.withdrawal_id)
    day = paid_back_on(facts_of(withdrawal)) if withdrawal is not None else None
    if withdrawal is None or withdrawal.sent_on is None or day is None:
        return
    words = {
        **_words(withdrawal),
        "number": withdrawal.number,
        "sent": day_words(withdrawal.sent_on),
        "tracking": withdrawal.tracking,
        "day": day_words(day),
    }
    key = f"withdrawal_sent:{withdrawal.pk}"
    write_to_merchant(withdrawal.merchant_order, "withdrawal_sent", key=key, words=words)


@subscribes("ordering.refund_clock")
def tell_the_time(event: RefundClockStruck) -> None:
    """Tell whoever must act what the refund clock says, once for each of its words."""
    withdrawal = _find(event.withdrawal_id)
    if withdrawal is None:
        return
    part, turn = withdrawal.merchant_order, Turn(event.turn)
    key = f"refund_clock:{turn.value}:{withdrawal.pk}"
    words = _words(withdrawal)
    if turn is Turn.NEAR:
        facts = facts_of(withdrawal)
        is_sure = paid_back_on(facts) is not None
        words |= {
            "is_by_hand": facts.is_by_hand,
            "goes_by_itself": is_sure and not facts.is_by_hand,
            "awaits_goods": not is_sure,
        }
        write_to_merchant(part, "refund_near", key=key, words=words)
    elif turn is Turn.BY_HAND:
        write_to_merchant(part, "refund_by_hand", key=key, words=words)
    elif turn is Turn.WAITING:
        mine = {**words, **_to_receipt(withdrawal)}
        write_to_customer(part, "refund_waiting", key=key, to=withdrawal.email, words=mine)


def _find(withdrawal_id: int) -> Withdrawal | None:
    return (
        Withdrawal.objects.select_related(
            "merchant_order__order__portal",
            "merchant_order__establishment__commune",
            "merchant_order__organisation",
        )
        .filter(pk=withdrawal_id)
        .first()
    )


def _words(withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        "amount": euros(withdrawal.amount_cents),
        "due": day_words(withdrawal.refund_due_on),
        "customer_name": withdrawal.name,
        "order_number": withdrawal.merchant_order.number,
        **_to_counter(withdrawal),
    }


def _to_counter(withdrawal: Withdrawal) -> dict[str, Any]:
    part = withdrawal.merchant_order
    return {
        "action_url": link_to(part.order.portal, "counter:returns", part.establishment.slug),
        "action_label": _("See the withdrawals"),
    }


def _to_receipt(withdrawal: Withdrawal) -> dict[str, Any]:
    portal = withdrawal.merchant_order.order.portal
    return {
        "action_url": link_to(portal, "storefront:withdrawn", withdrawal.token),
        "action_label": _("See my withdrawal"),
    }
