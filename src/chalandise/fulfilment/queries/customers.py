"""What a customer sees of the preparing, and what is remembered of who never came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from chalandise.fulfilment.models import Fulfilment, Question
from chalandise.fulfilment.passes import new_pass
from chalandise.fulfilment.states import QuestionState
from chalandise.kernel.mailboxes import same_mailbox
from chalandise.kernel.tokens import digest
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind

NO_SHOWS_FORGIVEN = 1  # everybody forgets once
REMEMBERED = timedelta(days=180)
_SALT = "fulfilment.no_show"
_NO_SHOWS = """
    SELECT count(DISTINCT fulfilment_id) FROM fulfilment_noshow
    WHERE customer = ANY(%s::text[]) AND missed_at >= %s AND forgiven_at IS NULL
"""


@dataclass(frozen=True)
class Following:
    """How far one merchant order is.

    Attributes:
        state: where the goods are.
        ready_at: since when they are ready.
        kept_until: until when they are kept.
        sent_at: since when they are on their way.
        carrier: who carries them.
        tracking: the number that follows them.
        questions: what the merchant asks, open questions only.
        demanded_until: by which day the customer has demanded the delivery, None otherwise.
    """

    state: str
    ready_at: datetime | None
    kept_until: datetime | None
    sent_at: datetime | None
    carrier: str
    tracking: str
    questions: tuple[Question, ...]
    demanded_until: date | None


def following(merchant_order_ids: Iterable[int]) -> dict[int, Following]:
    """Return how far each merchant order is: two statements whatever the number, none for none."""
    ids = list(merchant_order_ids)
    if not ids:
        return {}
    found = Fulfilment.objects.filter(merchant_order__in=ids)
    rows = {one.pk: one for one in found}
    asked: dict[int, list[Question]] = {}
    open_ones = Question.objects.filter(fulfilment__in=rows, state=QuestionState.OPEN)
    for question in open_ones.select_related("line").order_by("pk"):
        asked.setdefault(question.fulfilment_id, []).append(question)
    return {
        one.merchant_order_id: Following(
            state=one.state,
            ready_at=one.ready_at,
            kept_until=one.kept_until,
            sent_at=one.sent_at,
            carrier=one.carrier,
            tracking=one.tracking,
            questions=tuple(asked.get(one.pk, ())),
            demanded_until=one.demanded_until,
        )
        for one in rows.values()
    }


def pass_for(order: MerchantOrder, *, at: datetime) -> str:
    """Return what the customer's QR code says this minute; empty when there is nothing to collect.

    The page that shows it asks again every `passes.PASS_SECONDS`.
    """
    is_collected = order.way_kind in (WayKind.PICKUP, WayKind.POINT)
    if order.state != MerchantOrderState.ACCEPTED or not is_collected:
        return ""
    return new_pass(order.pk, at=at)


def no_shows_of(email: str, phone: str = "", *, at: datetime) -> int:
    """Count how often somebody let goods be prepared and never came, in the last six months.

    A thing collected since forgives what came before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NO_SHOWS, [customer_keys(email, phone), at - REMEMBERED])
        return sum(count for (count,) in cursor.fetchall())


def may_pay_on_collection(email: str, phone: str = "", *, at: datetime) -> bool:
    """Tell whether a customer may go on paying when they come (fault 26).

    Nobody is shut out: who forgot twice pays online until something has been collected again.
    """
    return no_shows_of(email, phone, at=at) <= NO_SHOWS_FORGIVEN


def customer_keys(email: str, phone: str = "") -> list[str]:
    """Return the digests under which a customer is remembered, whichever alias they write from."""
    said = [same_mailbox(email)] if email.strip() else []
    said += [phone.strip()] if phone.strip() else []
    return [digest(one, salt=_SALT) for one in said]
