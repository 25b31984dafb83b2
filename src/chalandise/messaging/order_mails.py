"""Which e-mails follow an order: to the customer at each step, to the merchant when it is their turn.

Each has a key of its own, so that a step told twice is written about once (fault 44).
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.catalogue.states import WithdrawalException
from chalandise.fulfilment.models import Fulfilment
from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.actions import send
from chalandise.messaging.days import day_words, hour_words, moment_words, promise_words
from chalandise.messaging.models import Message
from chalandise.ordering.events import MerchantOrderMoved, OrderPlaced
from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine
from chalandise.ordering.states import ChangeKind, MerchantOrderState, OrderSource, Pays
from chalandise.organisations.models import Organisation
from chalandise.payments.events import RefundDone
from chalandise.payments.models import Refund
from chalandise.payments.sums import ENDED, sums_of
from chalandise.portals.queries import link_to
from chalandise.stock.models import StockMovement
from chalandise.stock.states import MovementReason

TO_CUSTOMER = {
    MerchantOrderState.ACCEPTED: "order_accepted",
    MerchantOrderState.DECLINED: "order_declined",
    MerchantOrderState.CANCELLED: "order_cancelled",
    MerchantOrderState.EXPIRED: "order_unpaid",
    MerchantOrderState.UNCOLLECTED: "order_uncollected",
}
SAYS_MONEY = {
    MerchantOrderState.DECLINED,
    MerchantOrderState.CANCELLED,
    MerchantOrderState.UNCOLLECTED,
}
TO_MERCHANT = {
    MerchantOrderState.PLACED: "order_to_prepare",
    MerchantOrderState.CANCELLED: "order_cancelled_for_shop",
}


@subscribes("ordering.merchant_order_moved")
def tell_about_order(event: MerchantOrderMoved) -> None:
    """Write to the customer and to the merchant, once for each step that either is told of."""
    state = MerchantOrderState(event.state)
    if state not in TO_CUSTOMER and state not in TO_MERCHANT:
        return
    part = find_part(event.merchant_order_id)
    if part is None:
        return
    if state == MerchantOrderState.PLACED:
        confirm(part)
    if template := TO_CUSTOMER.get(state):
        words = {**money_words(part), **ended_late(part)} if state in SAYS_MONEY else {}
        write_to_customer(part, template, key=f"{template}:{part.pk}", words=words)
    if (template := TO_MERCHANT.get(state)) and _was_placed(part):
        words = {**ended_late(part), **why_cancelled(part)} if state in ENDED else {}
        write_to_merchant(part, template, key=f"{template}:{part.pk}", words=words)


@subscribes("ordering.order_placed")
def ask_to_pay(event: OrderPlaced) -> None:
    """Send whoever ordered by telephone the link to pay what is paid online."""
    waiting = MerchantOrder.objects.filter(
        order=event.order_id,
        order__source=OrderSource.PHONE,
        state=MerchantOrderState.AWAITING_PAYMENT,
        gathered_by=None,
    )
    first = waiting.order_by("pk").values_list("pk", flat=True).first()
    part = find_part(first) if first is not None else None
    if part is None or part.order.expires_at is None:
        return
    zone = ZoneInfo(part.establishment.timezone)
    words = {
        "total": euros(part.order.total_cents),
        "until": moment_words(part.order.expires_at.astimezone(zone)),
        "action_label": _("Look at it and pay"),
    }
    write_to_customer(part, "order_to_pay", key=f"order_to_pay:{part.order_id}", words=words)


@subscribes("payments.refund_done")
def tell_about_refund(event: RefundDone) -> None:
    """Tell the customer that money is on its way back."""
    refund = (
        Refund.objects.select_related("payment__merchant_order").filter(pk=event.refund_id).first()
    )
    part = find_part(refund.payment.merchant_order_id) if refund else None
    if refund is None or part is None:
        return
    sums = sums_of([part])[part.pk].sums
    words = {
        "amount": euros(refund.amount_cents),
        "ordered": euros(sums.ordered),
        "back": euros(sums.back + sums.coming),
        "kept": euros(sums.kept),
        "word": word_of_gesture(refund.key),
    }
    write_to_customer(part, "order_refunded", key=f"refund:{refund.pk}", words=words)


def word_of_gesture(key: str) -> str:
    """Return why a merchant gave something back out of kindness; empty for any other refund."""
    cause, _colon, number = key.partition(":")
    number = number.partition(":")[0]  # of several payments, the others add their place
    if cause != ChangeKind.GESTURE or not number.isdecimal():
        return ""
    change = LineChange.objects.filter(pk=int(number), kind=ChangeKind.GESTURE).first()
    return str(change.detail.get("reason", "")) if change else ""


def money_words(part: MerchantOrder) -> dict[str, Any]:
    """Return what to say of money when an order ends early: only what was taken comes back."""
    others = part.order.merchant_orders.exclude(pk=part.pk).exclude(state__in=ENDED)
    return {
        "is_paid": sums_of([part])[part.pk].sums.taken > 0,
        "is_paid_in_shop": part.pays == Pays.ON_COLLECTION,
        "others_go_on": others.exists(),
    }


def ended_late(part: MerchantOrder) -> dict[str, Any]:
    """Return by which day a delivery was demanded that never came, where that ended the order."""
    held = Fulfilment.objects.filter(merchant_order=part.pk, demanded_until__isnull=False).first()
    if held is None or held.demanded_until is None or part.ended_at is None:
        return {}
    zone = ZoneInfo(part.establishment.timezone)
    is_over = part.ended_at.astimezone(zone).date() > held.demanded_until
    return {"late_until": day_words(held.demanded_until)} if is_over else {}


def why_cancelled(part: MerchantOrder) -> dict[str, Any]:
    """Return what ended an order beside its customer, and whether goods of it are counted as lost."""
    giver = part.gathered_by
    offers = [line.offer_id for line in part.lines.all() if line.offer_id is not None]
    lost = StockMovement.objects.filter(
        offer__in=offers, reason=MovementReason.LOSS, reference__startswith=part.number
    )
    return {
        "is_basket_over": giver is not None and giver.state == MerchantOrderState.UNCOLLECTED,
        "has_lost": lost.exists(),
    }


def confirm(part: MerchantOrder) -> None:
    """Confirm the whole order once; a part paid later is confirmed by itself."""
    order = part.order
    key = f"order_confirmed:{order.pk}"
    first = Message.objects.filter(key__startswith=f"{key}:").first()
    if first is not None:
        if part.paid_at is not None and part.paid_at > first.created_at:
            words = {"parts": _told([part]), "order": order, "total": euros(part.total_cents)}
            write_to_customer(part, "order_confirmed", key=f"{key}:{part.pk}", words=words)
        return
    parts = list(
        order.merchant_orders.select_related("establishment__commune")
        .prefetch_related("lines")
        .exclude(
            state__in=[
                MerchantOrderState.AWAITING_PAYMENT,
                MerchantOrderState.EXPIRED,
                MerchantOrderState.CANCELLED,
            ]
        )
        .order_by("pk")
    )
    if not parts:
        return  # it has ended before anybody could be told that it began
    words = {
        "parts": _told(parts),
        "order": order,
        "total": euros(sum(one.total_cents for one in parts)),
    }
    write_to_customer(part, "order_confirmed", key=f"{key}:all", words=words)


def write_to_customer(
    part: MerchantOrder,
    template: str,
    *,
    key: str,
    to: str = "",
    words: dict[str, Any] | None = None,
) -> None:
    """Write to whoever ordered, unless they gave no address (an order by telephone)."""
    order = part.order
    address = to or order.customer_email
    if not address:
        return
    merchants = merchant_addresses(part.organisation)
    send(
        template,
        to=address,
        key=f"{key}:customer",
        portal=order.portal,
        reply_to=part.seller.get("email") or (merchants[0] if merchants else ""),
        context={
            **_words(part),
            "action_url": link_to(order.portal, "storefront:order", order.token),
            "action_label": _("See my order"),
            "contract_url": link_to(order.portal, "storefront:contract", order.token),
            "withdraw_url": link_to(order.portal, "storefront:withdraw_from", order.token),
            **(words or {}),
        },
        at=timezone.now(),
    )


def write_to_merchant(
    part: MerchantOrder, template: str, *, key: str, words: dict[str, Any] | None = None
) -> None:
    """Write to everybody who looks after the shop."""
    order = part.order
    for address in merchant_addresses(part.organisation):
        send(
            template,
            to=address,
            key=f"{key}:merchant:{address}",
            portal=order.portal,
            reply_to=order.customer_email,
            context={
                **_words(part),
                "is_by_phone": order.source == OrderSource.PHONE,
                "action_url": link_to(order.portal, "counter:board", part.establishment.slug),
                "action_label": _("Open my board"),
                **(words or {}),
            },
            at=timezone.now(),
        )


def find_part(merchant_order_id: int) -> MerchantOrder | None:
    """Return a merchant order with what its e-mails say."""
    found = (
        MerchantOrder.objects.select_related(
            "order__portal", "establishment__commune", "organisation", "gathered_by"
        )
        .prefetch_related("lines")
        .filter(pk=merchant_order_id)
    )
    return next(iter(found), None)  # one: to order rows of so many columns takes Django longer


def merchant_addresses(organisation: Organisation) -> list[str]:
    """Return where the people of a merchant read, the first member first."""
    people = organisation.members.filter(is_active=True).order_by("memberships__pk")
    return list(dict.fromkeys(people.values_list("email", flat=True)))


def when_words(part: MerchantOrder) -> str:
    """Return when the customer gets it: its slot, or the last day promised."""
    zone = ZoneInfo(part.way.get("timezone") or part.establishment.timezone)
    if part.starts_at is not None and part.ends_at is not None:
        starts, ends = part.starts_at.astimezone(zone), part.ends_at.astimezone(zone)
        return f"{day_words(starts)}, {hour_words(starts)} – {hour_words(ends)}"
    if part.promised_on is not None:
        return promise_words(part.promised_on)
    return ""


def _words(part: MerchantOrder) -> dict[str, Any]:
    return {
        "part": part,
        "order": part.order,
        "lines": _lines(part),
        "shop_name": part.establishment.name,
        "customer_name": part.order.customer_name,
        "when": when_words(part),
        "total": euros(part.total_cents),
    }


def _told(parts: list[MerchantOrder]) -> list[dict[str, Any]]:
    names = {one.pk: one.establishment.name for one in parts}
    return [
        {
            "gathered_by": names.get(one.gathered_by_id or 0, ""),
            "part": one,
            "shop": one.establishment,
            "seller": one.seller,
            "lines": _lines(one),
            "when": when_words(one),
            "fee": euros(one.fee_cents) if one.fee_cents else "",
            "total": euros(one.total_cents),
        }
        for one in parts
    ]


def _lines(part: MerchantOrder) -> list[dict[str, str]]:
    return [
        {
            "quantity": str(line.quantity),
            "name": f"{line.product_name} – {line.variant_name}"
            if line.variant_name
            else line.product_name,
            "total": euros(line.total_cents),
            "exception": _no_withdrawal(line),
        }
        for line in part.lines.all()
    ]


def _no_withdrawal(line: OrderLine) -> str:
    """Return the legal reason for which a line cannot be withdrawn from; blank where it can."""
    code = line.withdrawal_exception
    return str(WithdrawalException(code).label) if code else ""


def _was_placed(part: MerchantOrder) -> bool:
    """Tell whether the merchant ever heard of it: an order never paid stays between us."""
    return part.paid_at is not None or part.pays == "on_collection"
