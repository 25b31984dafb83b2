"""What some room could not take in stands on the desk, and is tried again from there (fault 33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import order_at

from chalandise.accounts.models import User
from chalandise.directory.events import OwnerChanged
from chalandise.journal.actions import emit
from chalandise.journal.models import DeadLetter, Entry, OutboxEvent
from chalandise.journal.outbox import MOST_ATTEMPTS, dispatch, try_again
from chalandise.journal.states import Actor
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.numbers import new_order_number
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Refund

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]
PAGE = "console:events"


def poison(*_args: object, **_kwargs: object) -> None:
    raise ValueError("sondage de Nadia Cabas")


def give_up() -> None:
    """Hand on what was said last, and try it again until nobody hopes any more."""
    dispatch([OutboxEvent.objects.latest("pk")])
    at = timezone.now()
    for _attempt in range(MOST_ATTEMPTS):
        at += timedelta(days=1)
        while try_again(at=at):
            pass
    assert DeadLetter.objects.get().next_try_at is None


@pytest.fixture
def part(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> MerchantOrder:
    """A paid order that was called off, and whose refund cannot be asked for."""
    order = order_at(cast.lot, cast.bakery, number=new_order_number())
    visit = payments.visit(order)
    payments.pay(visit)
    settle(visit.payments.get().pk, at=timezone.now())
    part = order.merchant_orders.get()
    cancel_merchant_order(part, by=Actor.guest("customer"), at=timezone.now())
    monkeypatch.setattr("chalandise.payments.subscribers.refund_merchant_order", poison)
    assert OutboxEvent.objects.latest("pk").kind == "ordering.refund_due"
    give_up()
    return part


def tile(client: Client) -> int:
    tiles = {one.url: one.count for one in client.get("/console/").context["waiting"]}
    return int(tiles[reverse(PAGE)])


def test_money_that_could_not_go_back_is_seen_and_goes_back_by_a_press(
    at_desk: Sit, cast: Cast, part: MerchantOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at_desk(cast.helene)
    assert tile(desk) == 1
    page = desk.get(reverse(PAGE)).content.decode()
    assert "le client attend son argent" in page
    assert "ordering.refund_due → payments.give_back, ValueError" in page
    assert "Nadia Cabas" not in page  # what an error says may name anybody
    assert reverse("console:order", args=[part.order.number]) in page
    monkeypatch.undo()
    answer = desk.post(reverse("console:retry_events"), follow=True)
    assert "Nouvel essai en cours" in answer.content.decode()
    assert "Rien n’est resté en plan" in answer.content.decode()
    assert tile(desk) == 0
    assert try_again(at=timezone.now()) == 1
    assert Refund.objects.get().amount_cents == part.total_cents
    assert not DeadLetter.objects.exists()
    assert Entry.objects.filter(verb="tried_again", actor_label=str(cast.helene)).exists()


def test_what_is_about_an_order_is_another_portals_only(
    at_desk: Sit, cast: Cast, part: MerchantOrder
) -> None:
    stranger = at_desk(cast.odile)
    assert tile(stranger) == 0
    assert part.order.number not in stranger.get(reverse(PAGE)).content.decode()
    stranger.post(reverse("console:retry_events"))
    assert DeadLetter.objects.get().next_try_at is None


def test_what_is_about_no_order_stands_on_every_highest_desk(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalandise.catalogue.subscribers.follow_owner", poison)
    emit(OwnerChanged(cast.bakery.pk), at=timezone.now())
    give_up()
    for somebody in (cast.helene, cast.odile):
        desk = at_desk(somebody)
        assert tile(desk) == 1
        assert "paniers gourmands" in desk.get(reverse(PAGE)).content.decode()
    below = at_desk(cast.gilles)
    below.post(reverse("console:switch"), {"portal": str(cast.cahors.pk)})
    assert tile(below) == 0
