"""Something is missing, something weighs more: the customer chooses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories.fulfilment import CUSTOMER, MERCHANT, SLOT, accepted, line_with
from tests.factories.orders import NOON

from chalandise.fulfilment.actions import asking
from chalandise.fulfilment.actions.asking import Substitute
from chalandise.fulfilment.actions.preparing import refuse
from chalandise.fulfilment.errors import NotSoldByWeightError, TooManyMissingError
from chalandise.fulfilment.models import Question
from chalandise.fulfilment.queries.cards import card_of, orders_to_show
from chalandise.fulfilment.queries.customers import following
from chalandise.fulfilment.queries.doors import get_question_by_token
from chalandise.fulfilment.states import QuestionState
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.ordering.states import Pays

pytestmark = pytest.mark.django_db
SOAP = Substitute("Savon au chanvre", 900)


@pytest.fixture
def order(cast: Cast) -> MerchantOrder:
    return accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)


def bread(order: MerchantOrder) -> OrderLine:
    return order.lines.get(position=1)  # two at 4.50


def cents_of(order: MerchantOrder, line: OrderLine) -> tuple[int, int]:
    card = card_of(orders_to_show().get(pk=order.pk), at=NOON)
    found = next(one for one in card.lines if one.line.pk == line.pk)
    return found.quantity, found.cents


def test_with_nothing_instead_there_is_nothing_to_choose(order: MerchantOrder) -> None:
    line = bread(order)
    assert asking.report_missing(line, quantity=1, by=MERCHANT, at=NOON) is None
    assert cents_of(order, line) == (1, 450)
    assert not Question.objects.exists()


@pytest.mark.parametrize("quantity", [0, 3, -1])
def test_no_more_is_missing_than_was_ordered(order: MerchantOrder, quantity: int) -> None:
    with pytest.raises(TooManyMissingError) as refusal:
        asking.report_missing(bread(order), quantity=quantity, by=MERCHANT, at=NOON)
    assert refusal.value.left == 2


def test_the_customer_takes_what_is_offered_or_the_money(order: MerchantOrder) -> None:
    line = bread(order)
    asked = asking.report_missing(line, quantity=2, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    assert get_question_by_token(asked.token) == asked
    assert following([order.pk])[order.pk].questions == (asked,)
    with pytest.raises(StaleStateError):  # one question about a line at a time
        asking.report_missing(line, quantity=1, by=MERCHANT, at=NOON)
    asking.choose_offer(asked, by=CUSTOMER, at=NOON)
    assert cents_of(order, line)[1] == 900
    with pytest.raises(StaleStateError):
        asking.choose_refund(Question.objects.get(), by=CUSTOMER, at=NOON)
    kinds = list(OutboxEvent.objects.order_by("pk").values_list("kind", flat=True))
    told = [kind for kind in kinds if kind.startswith("fulfilment.question")]
    assert told == ["fulfilment.question_asked", "fulfilment.question_settled"]


def test_a_substitute_is_never_charged_above_what_it_stands_for(order: MerchantOrder) -> None:
    dear = Substitute("Coffret", 5000)
    asked = asking.report_missing(bread(order), quantity=1, substitute=dear, by=MERCHANT, at=NOON)
    assert asked is not None
    assert asked.cents == 450


def test_a_link_that_opens_nothing_is_not_found(order: MerchantOrder) -> None:
    with pytest.raises(NotFoundError):
        get_question_by_token("absent")


def test_without_an_answer_it_is_not_supplied_and_not_paid(order: MerchantOrder) -> None:
    line = bread(order)
    asked = asking.report_missing(line, quantity=1, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    assert asked.decides_at == SLOT - timedelta(hours=1)
    assert asking.settle_overdue(at=asked.decides_at - timedelta(seconds=1)) == 0
    assert asking.settle_overdue(at=asked.decides_at) == 1
    assert asking.settle_overdue(at=asked.decides_at) == 0
    assert cents_of(order, line) == (1, 450)


@pytest.mark.parametrize("withdrawn", [1, 2])
def test_what_the_customer_has_withdrawn_from_is_asked_about_no_more(
    order: MerchantOrder, withdrawn: int
) -> None:
    """Found by the simulator: the job stopped at such a question, for all questions after it."""
    line = bread(order)
    asked = asking.report_missing(line, quantity=2, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    confirm_withdrawal(order.order, {line.pk: withdrawn}, name="N", email="n@exemple.test", at=NOON)
    assert asking.settle_overdue(at=asked.decides_at) == 1
    assert OrderLine.objects.get(pk=line.pk).changes.filter(kind="missing").count() == 2 - withdrawn
    asked.refresh_from_db()
    ended = QuestionState.REFUNDED if withdrawn == 1 else QuestionState.DROPPED
    assert asked.state == ended


@pytest.mark.parametrize("withdrawn", [1, 2])
def test_a_substitute_stands_in_for_what_was_not_withdrawn(
    order: MerchantOrder, withdrawn: int
) -> None:
    line = bread(order)
    asked = asking.report_missing(line, quantity=2, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    confirm_withdrawal(order.order, {line.pk: withdrawn}, name="N", email="n@exemple.test", at=NOON)
    asking.choose_offer(asked, by=CUSTOMER, at=NOON)
    replaced = OrderLine.objects.get(pk=line.pk).changes.filter(kind="replaced")
    assert [one.detail["quantity"] for one in replaced] == [1] * (2 - withdrawn)


def test_a_question_may_be_taken_back(order: MerchantOrder) -> None:
    line = bread(order)
    asked = asking.report_missing(line, quantity=1, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    asking.ask_no_more(asked, by=MERCHANT, at=NOON)
    assert cents_of(order, line) == (2, 900)
    asking.report_missing(line, quantity=2, by=MERCHANT, at=NOON)


def test_an_order_that_ends_asks_no_more(order: MerchantOrder) -> None:
    asking.report_missing(bread(order), quantity=1, substitute=SOAP, by=MERCHANT, at=NOON)
    refuse(order, reason="Panne", by=MERCHANT, at=NOON)
    assert Question.objects.get().state == QuestionState.DROPPED
    with pytest.raises(StaleStateError):
        asking.report_missing(bread(order), quantity=1, by=MERCHANT, at=NOON)


def cheese(order: MerchantOrder) -> OrderLine:
    return line_with(
        order,
        "Tomme de causse",
        quantity=2,
        unit_price_cents=960,
        is_weight_priced=True,
        estimate_grams=400,
        price_per_kilo_cents=2400,
        tolerance_percent=10,
    )


@pytest.mark.parametrize(("grams", "cents"), [(780, 1872), (880, 2112)], ids=str)
def test_up_to_the_tolerance_the_scales_decide(
    order: MerchantOrder, grams: int, cents: int
) -> None:
    line = cheese(order)
    assert asking.weigh(line, grams=grams, by=MERCHANT, at=NOON) is None
    assert cents_of(order, line) == (2, cents)


def test_above_the_tolerance_the_customer_agrees_first(order: MerchantOrder) -> None:
    line = cheese(order)
    asked = asking.weigh(line, grams=881, by=MERCHANT, at=NOON)
    assert asked is not None
    assert asked.cents == 2114
    assert cents_of(order, line) == (2, 1920)
    asking.choose_offer(asked, by=CUSTOMER, at=NOON)
    assert cents_of(order, line) == (2, 2114)


def test_who_does_not_agree_to_the_weight_goes_without(order: MerchantOrder) -> None:
    line = cheese(order)
    asked = asking.weigh(line, grams=1200, by=MERCHANT, at=NOON)
    assert asked is not None
    asking.choose_refund(asked, by=CUSTOMER, at=NOON)
    assert cents_of(order, line) == (0, 0)


@pytest.mark.parametrize("grams", [0, -5, 600_000])
def test_a_weight_that_cannot_be_right_is_refused(order: MerchantOrder, grams: int) -> None:
    with pytest.raises(NotSoldByWeightError):
        asking.weigh(cheese(order), grams=grams, by=MERCHANT, at=NOON)
    with pytest.raises(NotSoldByWeightError):
        asking.weigh(bread(order), grams=400, by=MERCHANT, at=NOON)


def test_what_was_paid_never_costs_more_whatever_it_weighs(cast: Cast) -> None:
    paid = accepted(cast.lot, cast.bakery, paid_at=NOON)
    line = cheese(paid)
    assert asking.weigh(line, grams=1000, by=MERCHANT, at=NOON) is None
    assert cents_of(paid, line) == (2, 1920)
    asking.weigh(line, grams=700, by=MERCHANT, at=NOON)
    assert cents_of(paid, line) == (2, 1680)


def test_an_age_is_checked_when_what_is_given_instead_is_for_adults(order: MerchantOrder) -> None:
    beer = Substitute("Bière de châtaigne", 900, minimum_age=18)
    asked = asking.report_missing(bread(order), quantity=1, substitute=beer, by=MERCHANT, at=NOON)
    assert asked is not None
    assert card_of(orders_to_show().get(pk=order.pk), at=NOON).minimum_age == 0
    asking.choose_offer(asked, by=CUSTOMER, at=NOON)
    assert card_of(orders_to_show().get(pk=order.pk), at=NOON).minimum_age == 18


def test_some_of_a_line_given_as_something_else_leaves_the_rest_as_it_was(
    order: MerchantOrder,
) -> None:
    """Two loaves were ordered, one is missing: the bag holds a loaf and a soap, not two soaps."""
    line = bread(order)
    asked = asking.report_missing(line, quantity=1, substitute=SOAP, by=MERCHANT, at=NOON)
    assert asked is not None
    asking.choose_offer(asked, by=CUSTOMER, at=NOON)
    card = card_of(orders_to_show().get(pk=order.pk), at=NOON)
    stands = next(one for one in card.lines if one.line.pk == line.pk)
    assert [(one.name, one.quantity) for one in stands.given] == [
        (stands.name, 1),
        (SOAP.name, 1),
    ]
