"""One merchant order as the people who prepare it see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest

from chalandise.catalogue.states import Allergen
from chalandise.fulfilment.models import Fulfilment, HandOver, Question
from chalandise.fulfilment.promises import is_broken
from chalandise.fulfilment.states import Column, FulfilmentState, QuestionState
from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine
from chalandise.ordering.states import ChangeKind, MerchantOrderState, Pays, WayKind
from chalandise.payments.queries import CASH_LIMIT_CENTS

ADULT = 18
SOON = timedelta(minutes=30)
NEVER_GIVEN = (
    MerchantOrderState.DECLINED,
    MerchantOrderState.CANCELLED,
    MerchantOrderState.EXPIRED,
)


@dataclass(frozen=True)
class Given:
    """What goes into the bag of one line: the thing itself, or what stands in for some of it.

    Attributes:
        name: what it is called.
        quantity: how many.
        allergen_names: what is known to be in it; of a substitute nobody said.
        minimum_age: the age below which it may not be given.
    """

    name: str
    quantity: int
    allergen_names: list[str]
    minimum_age: int


@dataclass(frozen=True)
class CardLine:
    """One line as it stands after what became of it.

    Attributes:
        line: what was ordered.
        quantity: how many are to be given.
        cents: what they cost now.
        missing: how many were told missing and will not be given.
        replaced_by: what is given instead, empty otherwise.
        grams: what the scales said, None until then.
        to_weigh: whether the scales are waited for.
        question: what the customer is being asked, None otherwise.
        replaced_age: the age that what is given instead asks for.
        replaced_quantity: how many of them are given as something else.
    """

    line: OrderLine
    quantity: int
    cents: int
    missing: int
    replaced_by: str
    grams: int | None
    to_weigh: bool
    question: Question | None
    replaced_age: int = 0
    replaced_quantity: int = 0

    @property
    def kept_quantity(self) -> int:
        """How many are given as they were ordered."""
        return self.quantity - self.replaced_quantity

    @property
    def given(self) -> list[Given]:
        """What goes into the bag: the thing itself, what stands in for it, or some of each."""
        found = []
        if self.kept_quantity > 0:
            age = max(self.line.minimum_age, ADULT if self.line.is_alcohol else 0)
            found.append(Given(self.name, self.kept_quantity, self.allergen_names, age))
        if self.replaced_quantity:
            found.append(Given(self.replaced_by, self.replaced_quantity, [], self.minimum_age))
        return found

    @property
    def allergens(self) -> list[str]:
        """Which of the fourteen are in it; empty when none is, or nobody said."""
        return list(self.line.allergens or [])

    @property
    def allergen_names(self) -> list[str]:
        """The same in words; a name that the regulation does not know stays as it is."""
        names = dict(Allergen.choices)
        return [str(names.get(one, one)) for one in self.allergens]

    @property
    def name(self) -> str:
        """What it is called, its variant included."""
        return " · ".join(filter(None, (self.line.product_name, self.line.variant_name)))

    @property
    def can_be_weighed(self) -> bool:
        """Whether its price follows the scales."""
        line = self.line
        return line.is_weight_priced and bool(line.price_per_kilo_cents) and self.quantity > 0

    @property
    def estimate_grams(self) -> int:
        """What all pieces together should weigh, 0 when they are not weighed."""
        return (self.line.estimate_grams or 0) * self.quantity

    @property
    def minimum_age(self) -> int:
        """The age below which it may not be given."""
        return max(self.line.minimum_age, self.replaced_age, ADULT if self.line.is_alcohol else 0)


@dataclass(frozen=True)
class Card:
    """A merchant order on the board, on paper and at the hand-over.

    Attributes:
        order: the merchant order, with its order.
        fulfilment: where the goods are; None while nobody has touched it.
        hand_over: into whose hands they went, None before.
        column: where it stands on the board.
        lines: what is in it.
        is_soon: the customer comes within half an hour.
        is_late: the slot has begun and it is not ready, or its promised day is over.
        gathered_age: the age that other merchants' goods ask for which are given with it.
        waits_since: when its customer should have come and it was ready, None before.
        is_overdue: it was kept as long as agreed.
    """

    order: MerchantOrder
    fulfilment: Fulfilment | None
    hand_over: HandOver | None
    column: Column
    lines: tuple[CardLine, ...]
    is_soon: bool
    is_late: bool
    gathered_age: int = 0
    waits_since: datetime | None = None
    is_overdue: bool = False

    @property
    def total_cents(self) -> int:
        """What the customer pays in the end, delivery included."""
        items = sum(one.cents for one in self.lines)
        return items + self.order.fee_cents if items else 0

    @property
    def due_cents(self) -> int:
        """What remains to be paid when the goods change hands."""
        if self.order.pays != Pays.ON_COLLECTION or self.order.paid_at or self.hand_over:
            return 0
        return self.total_cents

    @property
    def is_above_cash_cap(self) -> bool:
        """Whether the sum may not be paid in cash."""
        return self.due_cents > CASH_LIMIT_CENTS

    @property
    def minimum_age(self) -> int:
        """The age to check at the hand-over, 0 when there is none.

        Who hands over a gift basket lets go of its neighbours' goods too: theirs count.
        """
        own = (one.minimum_age for one in self.lines if one.quantity)
        return max((self.gathered_age, *own))

    @property
    def questions(self) -> list[Question]:
        """What the customer is being asked."""
        return [one.question for one in self.lines if one.question is not None]

    @property
    def to_weigh(self) -> list[CardLine]:
        """What waits for the scales."""
        return [one for one in self.lines if one.to_weigh]

    @property
    def is_collected(self) -> bool:
        """Whether the customer comes for it, rather than it travelling."""
        return self.order.way_kind in (WayKind.PICKUP, WayKind.POINT)

    @property
    def is_brought(self) -> bool:
        """Whether it is collected at a pooled point, where the merchant brings it."""
        return _is_brought(self.order)

    @property
    def is_to_decide(self) -> bool:
        """Whether its merchant has to say what becomes of it: it was paid, and nobody came."""
        return self.is_overdue and self.order.pays == Pays.ONLINE

    @property
    def is_packed(self) -> bool:
        """Whether it waits at the merchant's to be brought to its point."""
        fulfilment = self.fulfilment
        return fulfilment is not None and fulfilment.state == FulfilmentState.PACKED

    @property
    def is_open(self) -> bool:
        """Whether anything remains to be done."""
        return self.column != Column.DONE


def orders_to_show() -> QuerySet[MerchantOrder]:
    """Return merchant orders with all that a card needs: four statements whatever the number."""
    questions = Question.objects.filter(state=QuestionState.OPEN)
    lines = OrderLine.objects.order_by("position").prefetch_related(
        Prefetch("changes", LineChange.objects.order_by("pk")),
        Prefetch("questions", questions, to_attr="open_questions"),
    )
    orders = MerchantOrder.objects.select_related(
        "order__portal", "establishment", "fulfilment__hand_over"
    ).prefetch_related(Prefetch("lines", lines))
    age = Greatest(Coalesce(_gathered_age(), 0), Coalesce(_gathered_substitute_age(), 0))
    return orders.annotate(gathered_age=age)


def _gathered_age() -> Subquery:
    """Return the highest age that goods ask for which are given with a merchant order's own."""
    gathered = OrderLine.objects.filter(merchant_order__gathered_by=OuterRef("pk"))
    asking = gathered.filter(Q(minimum_age__gt=0) | Q(is_alcohol=True)).exclude(
        merchant_order__state__in=NEVER_GIVEN
    )
    age = Case(When(is_alcohol=True, then=Greatest("minimum_age", ADULT)), default="minimum_age")
    highest = asking.annotate(age=age).order_by("-age").values("age")[:1]
    return Subquery(highest, output_field=IntegerField())


def _gathered_substitute_age() -> Subquery:
    """Return the same of what is given instead of goods that are given with its own."""
    said = Cast(KeyTextTransform("minimum_age", "detail"), IntegerField())
    given = LineChange.objects.filter(
        line__merchant_order__gathered_by=OuterRef("pk"),
        kind=ChangeKind.REPLACED,
        detail__has_key="minimum_age",
    ).exclude(line__merchant_order__state__in=NEVER_GIVEN)
    highest = given.annotate(age=said).order_by("-age").values("age")[:1]
    return Subquery(highest, output_field=IntegerField())


def card_of(order: MerchantOrder, *, at: datetime) -> Card:
    """Return the card of an order fetched by `orders_to_show`."""
    fulfilment: Fulfilment | None = getattr(order, "fulfilment", None)
    lines = tuple(_line(one) for one in order.lines.all())
    has_question = any(one.question for one in lines)
    stands = fulfilment.state if fulfilment else ""
    is_there = stands == FulfilmentState.READY and _is_brought(order)
    column = column_of(order.state, stands, is_asked=has_question or is_there)
    begins = order.starts_at
    unready = (
        column in (Column.NEW, Column.TO_PREPARE, Column.WAITING)
        or stands == FulfilmentState.PACKED
    ) and not is_there
    return Card(
        order=order,
        fulfilment=fulfilment,
        hand_over=getattr(fulfilment, "hand_over", None),
        column=column,
        lines=lines,
        is_soon=unready and begins is not None and at <= begins <= at + SOON,
        is_late=(unready and begins is not None and begins < at) or is_broken(order, stands, at=at),
        gathered_age=getattr(order, "gathered_age", None) or 0,
        **_waiting(order, fulfilment, at=at),
    )


def column_of(order_state: str, fulfilment_state: str, *, is_asked: bool) -> Column:
    """Tell where on the board an order stands; ``is_asked``: it is in somebody else's hands."""
    if order_state == MerchantOrderState.PLACED:
        return Column.NEW
    if order_state != MerchantOrderState.ACCEPTED:
        return Column.DONE
    match fulfilment_state:
        case FulfilmentState.READY if is_asked:
            return Column.WAITING
        case FulfilmentState.READY | FulfilmentState.PACKED:
            return Column.READY
        case FulfilmentState.SENT:
            return Column.WAITING
        case _:
            return Column.WAITING if is_asked else Column.TO_PREPARE


def _waiting(
    order: MerchantOrder, fulfilment: Fulfilment | None, *, at: datetime
) -> dict[str, Any]:
    """Tell since when something ready waits for a customer who should have come.

    What is gathered in a gift basket waits at the shop that gives it, which decides for all of it.
    """
    if fulfilment is None or fulfilment.state != FulfilmentState.READY:
        return {}
    if order.gathered_by_id is not None:
        return {}
    if order.way_kind not in (WayKind.PICKUP, WayKind.POINT) or fulfilment.ready_at is None:
        return {}
    since = max(order.ends_at or fulfilment.ready_at, fulfilment.ready_at)
    until = fulfilment.kept_until
    return {
        "waits_since": since if order.ends_at is not None and since < at else None,
        "is_overdue": until is not None and until <= at,
    }


def _is_brought(order: MerchantOrder) -> bool:
    return order.way_kind == WayKind.POINT and order.gathered_by_id is None


def _line(line: OrderLine) -> CardLine:
    changes: Iterable[LineChange] = line.changes.all()
    quantity, cents, missing, grams, replaced_by = line.quantity, line.total_cents, 0, None, ""
    replaced_age = replaced = 0
    for change in changes:
        quantity += change.quantity
        cents += change.cents
        if change.kind == ChangeKind.MISSING:
            missing -= change.quantity
        elif change.kind == ChangeKind.WEIGHED:
            grams = change.detail.get("grams", grams)
        elif change.kind == ChangeKind.REPLACED:
            replaced_by = str(change.detail.get("name", ""))
            replaced += int(change.detail.get("quantity", line.quantity))
            replaced_age = max(replaced_age, int(change.detail.get("minimum_age", 0)))
    questions: list[Question] = getattr(line, "open_questions", [])
    return CardLine(
        line=line,
        quantity=quantity,
        cents=cents,
        missing=missing,
        replaced_by=replaced_by,
        grams=grams,
        to_weigh=line.is_weight_priced and grams is None and quantity > 0 and not replaced_by,
        question=questions[0] if questions else None,
        replaced_age=replaced_age,
        replaced_quantity=min(replaced, quantity),
    )
