"""The doors to a fulfilment: the merchant's, and the customer's private links."""

from __future__ import annotations

from datetime import datetime

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.fulfilment.models import Fulfilment, HandOver, Question
from chalandise.fulfilment.passes import read_pass
from chalandise.fulfilment.queries.boards import NEVER_STOOD
from chalandise.fulfilment.queries.cards import Card, card_of, orders_to_show
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.tokens import tidy_spoken_code
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState


def get_card_for_member(
    user: User, establishment: Establishment, order_id: int, *, at: datetime
) -> Card:
    """Return an order made to an establishment the person looks after.

    Raises:
        NotFoundError: absent, made to somebody else, or never paid.
    """
    found = (
        orders_to_show()
        .exclude(state__in=NEVER_STOOD)
        .filter(
            pk=order_id,
            establishment=establishment,
            establishment__organisation__memberships__user=user,
        )
        .first()
    )
    if found is None:
        raise NotFoundError
    return card_of(found, at=at)


def find_by_code(establishment: Establishment, typed: str) -> MerchantOrder | None:
    """Return the order that a spoken code opens at this establishment, None for a wrong one."""
    code = tidy_spoken_code(typed)
    if not code:
        return None
    return MerchantOrder.objects.filter(
        establishment=establishment, state=MerchantOrderState.ACCEPTED, pickup_code=code
    ).first()


def find_given_by_code(
    establishment: Establishment, typed: str, *, since: datetime
) -> HandOver | None:
    """Return the last hand-over that a spoken code opened there lately, None for a wrong one."""
    code = tidy_spoken_code(typed)
    if not code:
        return None
    given = HandOver.objects.filter(
        fulfilment__merchant_order__establishment=establishment,
        fulfilment__merchant_order__pickup_code=code,
        handed_at__gte=since,
    )
    return given.order_by("-handed_at", "-pk").first()


def get_order_of_pass(user: User, text: str, *, at: datetime) -> MerchantOrder:
    """Return the order a scanned pass names, if the person looks after its establishment.

    Raises:
        WrongPassError: not one of ours.
        PassExpiredError: of some minutes ago.
        NotFoundError: somebody else's order.
    """
    found = (
        MerchantOrder.objects.select_related("establishment")
        .filter(
            pk=read_pass(text, at=at),
            establishment__organisation__memberships__user=user,
        )
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def get_question_by_token(token: str) -> Question:
    """Return the question behind a private link, with all a page shows: one statement.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = (
        Question.objects.select_related(
            "line",
            "fulfilment__merchant_order__order__portal",
            "fulfilment__merchant_order__establishment",
        )
        .filter(token=token)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def lock_fulfilment(order_id: int) -> Fulfilment | None:
    """Lock a merchant order and its fulfilment: its steps come one after the other."""
    found = (
        Fulfilment.objects.select_for_update(of=("self", "merchant_order"))
        .select_related("merchant_order__order", "merchant_order__establishment")
        .filter(merchant_order=order_id)
    )
    return next(iter(found), None)  # one at most: no order to be asked for
