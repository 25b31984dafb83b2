"""Which e-mails follow the preparing of an order: ready, on its way, a question, a reminder.

Each has a key of its own, so that a step told twice is written about once (fault 44).
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from chalandise.fulfilment.events import FulfilmentMoved, QuestionAsked, ReminderDue
from chalandise.fulfilment.models import Fulfilment, Question
from chalandise.fulfilment.states import FulfilmentState, QuestionState
from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.days import moment_words
from chalandise.messaging.order_mails import find_part, write_to_customer
from chalandise.ordering.states import WayKind
from chalandise.portals.queries import link_to


@subscribes("fulfilment.moved")
def tell_about_preparing(event: FulfilmentMoved) -> None:
    """Tell the customer that it is ready in the shop, or on its way to them.

    What is collected at a pooled point is told by `point_mails`; what a gift basket gathers is told
    with the basket, by the shop that presents it.
    """
    part = find_part(event.merchant_order_id)
    if part is None or part.gathered_by_id is not None:
        return
    if event.state == FulfilmentState.READY and part.way_kind == WayKind.PICKUP:
        write_to_customer(part, "order_ready", key=f"order_ready:{part.pk}")
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
        write_to_customer(part, "order_reminder", key=f"order_reminder:{part.pk}")
