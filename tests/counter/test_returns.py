"""Withdrawals at the counter, on the customer's page and in the post."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories.fulfilment import accepted

from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message
from chalandise.ordering.actions.refund_turns import turn_refund_clock
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.ordering.states import MerchantOrderState, WithdrawalState

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast: Cast) -> Withdrawal:
    """Nadia gives back one thing of what she got yesterday at the bakery."""
    part = accepted(cast.lot, cast.bakery)
    at = timezone.now()
    MerchantOrder.objects.filter(pk=part.pk).update(
        state=MerchantOrderState.COMPLETED, received_at=at - timedelta(days=1), paid_at=at
    )
    line = part.lines.order_by("position")[0]
    who = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
    return confirm_withdrawal(part.order, {line.pk: 1}, at=at, **who)[0]


@pytest.fixture
def claire(cast: Cast) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(client: Client, cast: Cast, made: Withdrawal, do: str, **data: str) -> str:
    """Press a button of the withdrawal and return the page that comes."""
    address = reverse("counter:return_do", args=[cast.bakery.slug, made.pk])
    answer = client.post(address, {"key": str(uuid.uuid4()), "do": do, **data})
    made.refresh_from_db()
    return client.get(answer["Location"]).content.decode()


def post() -> dict[str, Message]:
    """Hand on what happened, twice, and return the e-mails by their template."""
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind__startswith="ordering.").order_by("pk")))
    found = {one.template: one for one in Message.objects.order_by("pk")}
    assert len(found) == Message.objects.count()
    return found


def test_the_board_leads_to_what_is_given_back(
    cast: Cast, claire: Client, made: Withdrawal
) -> None:
    board = claire.get(reverse("counter:board", args=[cast.bakery.slug])).content.decode()
    assert "1 rétractation à régler" in board
    page = claire.get(reverse("counter:returns", args=[cast.bakery.slug])).content.decode()
    assert "Nadia Cabas" in page
    assert made.number in page
    assert "vous pouvez attendre" in page.lower()


def test_goods_that_are_back_bring_the_money_back(
    cast: Cast, claire: Client, made: Withdrawal
) -> None:
    assert "C’est noté" in press(claire, cast, made, "came_back", on_shelf="on")
    assert made.state == WithdrawalState.RETURNED
    assert made.applied_at is not None
    page = press(claire, cast, made, "came_back")
    assert "Cela a bougé" in page or "entre-temps" in page
    assert OutboxEvent.objects.filter(kind="ordering.refund_due").count() == 1


def test_an_objection_needs_a_reason_and_names_the_mediator(
    cast: Cast, claire: Client, made: Withdrawal
) -> None:
    press(claire, cast, made, "object")
    assert made.state == WithdrawalState.CONFIRMED
    press(claire, cast, made, "object", reason="Le pain est entamé.")
    assert made.state == WithdrawalState.CONTESTED
    letter = post()["withdrawal_contested"]
    assert letter.to == "nadia@exemple.test"
    assert "Le pain est entamé." in letter.text
    press(claire, cast, made, "give_back")
    assert made.applied_at is not None


def test_another_shops_withdrawal_is_not_there(cast: Cast, made: Withdrawal) -> None:
    idris = Client(SERVER_NAME="localhost")
    idris.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    for shop in (cast.bookshop, cast.bakery):
        address = reverse("counter:return_do", args=[shop.slug, made.pk])
        assert idris.post(address, {"do": "give_back"}).status_code == 404
    made.refresh_from_db()
    assert made.applied_at is None


def test_who_has_sent_the_goods_back_says_so_once(client: Client, made: Withdrawal) -> None:
    page = reverse("storefront:withdrawn", args=[made.token])
    address = reverse("storefront:sent_back", args=[made.token])
    assert address in client.get(page).content.decode()
    today = timezone.localdate()
    proof = {"sent_on": today.isoformat(), "tracking": "Colissimo 6A123"}
    ahead = proof | {"sent_on": (today + timedelta(days=2)).isoformat()}
    for wrong in ({}, ahead, proof | {"tracking": " "}, proof | {"tracking": "6A\x00"}):
        assert client.post(address, wrong).status_code == 422
    made.refresh_from_db()
    assert made.sent_on is None
    assert client.post(address, proof)["Location"] == page
    assert client.post(address, proof | {"tracking": "autre"})["Location"] == page
    made.refresh_from_db()
    assert (made.tracking, made.sent_on) == ("Colissimo 6A123", today)
    kept = client.get(page).content.decode()
    assert "Colissimo 6A123" in kept
    assert address not in kept
    letter = post()["withdrawal_sent"]
    assert letter.to == "claire@exemple.test"
    assert "Colissimo 6A123" in letter.text


def test_each_word_of_the_clock_is_written_about_once(cast: Cast, made: Withdrawal) -> None:
    for day in (*range(10, 20), 12, 15):
        turn_refund_clock(at=made.confirmed_at + timedelta(days=day))
    letters = post()
    assert letters["refund_near"].to == "claire@exemple.test"
    assert letters["refund_waiting"].to == "nadia@exemple.test"
    assert "refund_by_hand" not in letters  # the goods are awaited first
    for one in letters.values():
        assert "{" not in one.subject + one.text + one.html
        assert "None" not in one.text
