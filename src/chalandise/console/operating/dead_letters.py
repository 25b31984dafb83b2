"""What happened and some room could not take in, for the desk whom it concerns (fault 33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from chalandise.journal.models import DeadLetter
from chalandise.journal.outbox import waiting_letters
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.payments.models import Payment, Refund
from chalandise.portals.models import Portal

# What the keys of payloads name, and how its order is reached.
_REFERENCES: dict[str, tuple[type[Model], str]] = {
    "merchant_order_id": (MerchantOrder, "order"),
    "order_id": (Order, "pk"),
    "withdrawal_id": (Withdrawal, "merchant_order__order"),
    "payment_id": (Payment, "merchant_order__order"),
    "refund_id": (Refund, "payment__merchant_order__order"),
}
_OF_EVENTS = {
    ("ordering.refund_due", "payments"): _(
        "A refund was not asked of the bank: the customer waits for their money."
    ),
    ("payments.refund_done", "payments"): _(
        "A refund that arrived was not noted on the withdrawal it pays back."
    ),
    ("catalogue.seller_changed", "settlements"): _(
        "What the tax office asks of a seller was not looked at again."
    ),
}
_OF_ROOMS = {
    "catalogue": _("The gift baskets of a shop did not follow its new owner."),
    "fulfilment": _("The board of a shop did not follow an order."),
    "messaging": _("An e-mail was not written."),
    "settlements": _(
        "Money has moved and the books do not know: no invoice or statement bears it."
    ),
}


@dataclass(frozen=True)
class Undone:
    """One thing that could not be done.

    Attributes:
        what: in the words of the desk.
        since: when it was to be done.
        tried_at: when it was tried last.
        order: the order it is about, None where it is about none.
        amount_cents: how much money, where some waits.
        named: what it is for whoever looks after the platform: event, subscriber, kind of error.
    """

    what: str
    since: datetime
    tried_at: datetime
    order: Order | None
    amount_cents: int | None
    named: str


def given_up_on(portal: Portal, portal_ids: Sequence[int]) -> QuerySet[DeadLetter]:
    """Return what was tried until nothing more was hoped for, the oldest first.

    What is about an order belongs to the portal it was placed at. The rest says nothing of anybody
    (`told` leaves out what the error says), and stands on the desk of every portal without parent.

    Args:
        portal: for which one works.
        portal_ids: it and all below it.
    """
    letters = waiting_letters().annotate(
        order_key=Coalesce(*(_order_of(key) for key in _REFERENCES), output_field=BigIntegerField())
    )
    its_order = Order.objects.filter(pk=OuterRef("order_key"))
    is_ours = Exists(its_order.filter(portal__in=portal_ids))
    mine = is_ours if portal.parent_id is not None else is_ours | ~Exists(its_order)
    return letters.filter(mine).select_related("event").order_by("event", "pk")


def told(letters: Sequence[DeadLetter]) -> list[Undone]:
    """Put letters of `given_up_on` into words; one statement."""
    keys = {getattr(one, "order_key") for one in letters}  # noqa: B009 - annotated
    orders = Order.objects.in_bulk([key for key in keys if key is not None])
    return [_told(one, orders) for one in letters]


def _told(letter: DeadLetter, orders: dict[int, Order]) -> Undone:
    kind = letter.event.kind
    room, name = letter.subscriber.split(".")[1], letter.subscriber.rpartition(".")[2]
    what = _OF_EVENTS.get((kind, room)) or _OF_ROOMS.get(room, _("Something was not followed up."))
    return Undone(
        what=str(what),
        since=letter.event.emitted_at,
        tried_at=letter.failed_at,
        order=orders.get(getattr(letter, "order_key") or 0),  # noqa: B009 - annotated
        amount_cents=letter.event.payload.get("amount_cents"),
        named=f"{kind} → {room}.{name}, {letter.error.partition('(')[0]}",
    )


def _order_of(key: str) -> Subquery:
    model, path = _REFERENCES[key]
    number = Cast(KeyTextTransform(key, OuterRef("event__payload")), BigIntegerField())
    return Subquery(model._default_manager.filter(pk=number).values(path)[:1])
