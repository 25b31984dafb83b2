"""Facts that fulfilment announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("fulfilment.moved")
@dataclass(frozen=True)
class FulfilmentMoved:
    """A fulfilment took a step; ``state`` is where it now stands."""

    fulfilment_id: int
    merchant_order_id: int
    state: str


@event("fulfilment.arrival_corrected")
@dataclass(frozen=True)
class ArrivalCorrected:
    """What was called whole at a pooled point is not there after all; ``ready_at``: since when."""

    fulfilment_id: int
    merchant_order_id: int
    ready_at: str


@event("fulfilment.question_asked")
@dataclass(frozen=True)
class QuestionAsked:
    """The merchant needs an answer of the customer before going on."""

    question_id: int
    merchant_order_id: int
    kind: str


@event("fulfilment.question_settled")
@dataclass(frozen=True)
class QuestionSettled:
    """A question found its answer: the customer's, or what the delay decides."""

    question_id: int
    merchant_order_id: int
    state: str


@event("fulfilment.promise_missed")
@dataclass(frozen=True)
class PromiseMissed:
    """What was promised for a day or a slot is neither there nor on its way; ``moves`` of its slot."""

    fulfilment_id: int
    merchant_order_id: int
    moves: int


@event("fulfilment.delivery_demanded")
@dataclass(frozen=True)
class DeliveryDemanded:
    """A customer has put the merchant on notice to deliver, by a last day."""

    fulfilment_id: int
    merchant_order_id: int
    until: str


@event("fulfilment.demand_lapsed")
@dataclass(frozen=True)
class DemandLapsed:
    """The further period is over without a delivery: the customer may end the contract."""

    fulfilment_id: int
    merchant_order_id: int


@event("fulfilment.collection_overdue")
@dataclass(frozen=True)
class CollectionOverdue:
    """What was paid was kept as long as agreed and nobody came: its merchant is asked, ``times`` now."""

    fulfilment_id: int
    merchant_order_id: int
    times: int
    kept_until: str


@event("fulfilment.kept_longer")
@dataclass(frozen=True)
class KeptLonger:
    """The merchant goes on keeping for the customer what was overdue."""

    fulfilment_id: int
    merchant_order_id: int
    kept_until: str


@event("fulfilment.reminder_due")
@dataclass(frozen=True)
class ReminderDue:
    """Something ready was not collected in its slot: the customer should be told, once."""

    fulfilment_id: int
    merchant_order_id: int
    kept_until: str
