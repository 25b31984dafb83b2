"""Which e-mails follow the preparing of an order: ready, on its way, a question, nobody comes.

Each has a key of its own, so that a step told twice is written about once (fault 44).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from chalandise.fulfilment.events import (
    CollectionOverdue,
    FulfilmentMoved,
    KeptLonger,
    QuestionAsked,
    ReminderDue,
)
from chalandise.fulfilment.models import Fulfilment, Question
from chalandise.fulfilment.states import FulfilmentState, QuestionState
from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.days import moment_words
from chalandise.messaging.order_mails import find_part, write_to_customer, write_to_merchant
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import WayKind
from chalandise.payments.sums import sums_of
from chalandise.portals.queries import link_to


@subscribes("fulfilment.moved")
def tell_about_preparing(event: FulfilmentMoved) -> None:
    """Tell the customer that it is ready in the shop, or on its way to them.

    What is collected at a pooled point is told by `point_mails`; what a gift basket gathers is told
    with the basket, by the shop that presents it.
    """
    if event.state not in (FulfilmentState.READY, FulfilmentState.SENT):
        return
    part = find_part(event.merchant_order_id)
    if part is None or part.gathered_by_id is not None:
        return
    if event.state == FulfilmentState.READY and part.way_kind == WayKind.PICKUP:
        words: dict[str, str] = {"kept_until": _kept(part, event.fulfilment_id)}
        write_to_customer(part, "order_ready", key=f"order_ready:{part.pk}", words=words)
    elif event.state == FulfilmentState.SENT:
        sent = Fulfilment.objects.get(pk=event.fulfilment_id)
        words = {"carrier": sent.carrier, "tracking": sent.tracking}
        write_to_customer(part, "order_sent", key=f"order_sent:{part.pk}", words=words)


@subscribes("fulfilment.question_asked")
def ask_customer(event: QuestionAsked) -> None:
    """Ask the customer what to do about something missing or too heavy, while it is open."""
    question = Question.objects.filter(pk=event.question_id, state=QuestionState.OPEN).first()
    part = find_part(event.merchant_order_id)
    if question is None or part is None:
        return
    until = question.decides_at.astimezone(ZoneInfo(part.establishment.timezone))
    link = link_to(part.order.portal, "storefront:question", question.token)
    words = {
        "question": question,
        "price": euros(question.cents or 0),
        "until": moment_words(until),
        "action_url": link,
        "action_label": _("Answer the shop"),
    }
    write_to_customer(part, "order_question", key=f"order_question:{question.pk}", words=words)


@subscribes("fulfilment.reminder_due")
def remind_customer(event: ReminderDue) -> None:
    """Remind the customer, once, of what waits for them."""
    part = find_part(event.merchant_order_id)
    if part is not None and part.gathered_by_id is None:
        words = {"kept_until": _moment(part, event.kept_until)}
        write_to_customer(part, "order_reminder", key=f"order_reminder:{part.pk}", words=words)


@subscribes("fulfilment.collection_overdue")
def tell_of_overdue(event: CollectionOverdue) -> None:
    """Ask the merchant what becomes of paid goods nobody came for, and tell the customer of it."""
    part = find_part(event.merchant_order_id)
    held = Fulfilment.objects.filter(pk=event.fulfilment_id, state=FulfilmentState.READY).first()
    if part is None or held is None or held.times_asked != event.times:
        return  # collected, given up or kept for longer meanwhile
    key = f"order_still_waits:{part.pk}:{event.kept_until}:{event.times}"
    words = {"kept_until": _moment(part, event.kept_until), "paid": _paid(part)}
    link = link_to(part.order.portal, "counter:order", part.establishment.slug, part.pk)
    to_shop = {**words, "action_url": link, "action_label": _("Open the order")}
    write_to_customer(part, "order_still_waits", key=key, words=words)
    write_to_merchant(part, "order_still_waits_for_shop", key=key, words=to_shop)


@subscribes("fulfilment.kept_longer")
def tell_of_keeping(event: KeptLonger) -> None:
    """Tell the customer that the shop goes on keeping what they have paid."""
    part = find_part(event.merchant_order_id)
    if part is None:
        return
    key = f"order_kept_longer:{part.pk}:{event.kept_until}"
    words = {"kept_until": _moment(part, event.kept_until)}
    write_to_customer(part, "order_kept_longer", key=key, words=words)


def _kept(part: MerchantOrder, fulfilment_id: int) -> str:
    until = Fulfilment.objects.values_list("kept_until", flat=True).get(pk=fulfilment_id)
    return _moment(part, until.isoformat()) if until else ""


def _moment(part: MerchantOrder, said: str) -> str:
    """Put a moment into words by the clock of the shop."""
    if not said:
        return ""
    zone = ZoneInfo(part.establishment.timezone)
    return moment_words(datetime.fromisoformat(said).astimezone(zone))


def _paid(part: MerchantOrder) -> str:
    return euros(sums_of([part])[part.pk].sums.kept)
