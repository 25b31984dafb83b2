"""The withdrawal function over HTTP: without an account, without script, in two steps (L221-21)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories.fulfilment import line_with
from tests.factories.orders import order_at

from chalandise.messaging.models import Message
from chalandise.ordering.models import MerchantOrder, Order, OrderLine, Withdrawal
from chalandise.ordering.numbers import new_order_number
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db
SIGNED = {"name": "Nadia Cabas", "email": "nadia.autre@exemple.test"}
WORDS_CONFIRM = "Confirmer la rétractation"


@pytest.fixture
def order(cast: Cast) -> Order:
    """Two loaves and a candle at each of two shops, got yesterday, paid there."""
    completed = MerchantOrderState.COMPLETED
    number = new_order_number()
    found = order_at(cast.lot, cast.bakery, cast.bookshop, state=completed, number=number)
    MerchantOrder.objects.update(
        received_at=timezone.now() - timedelta(days=1), paid_at=timezone.now() - timedelta(days=1)
    )
    return found


def open_form(client: Client, order: Order) -> str:
    given = {"number": order.number.lower(), "email": order.customer_email.upper()}
    answer = client.post(reverse("storefront:withdraw"), given)
    assert answer.status_code == 302, answer.content.decode()
    opened = client.post(answer.headers["Location"], {"code": code_sent_to(order).lower()})
    assert opened.status_code == 302, opened.content.decode()
    return opened.headers["Location"]


def code_sent_to(order: Order) -> str:
    letter = Message.objects.filter(to=order.customer_email).latest("pk")
    assert letter.template == "withdrawal_code"
    found = re.search(r"^([0-9A-Z]{6})$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[1]


def lines_of(order: Order) -> list[OrderLine]:
    found = OrderLine.objects.filter(merchant_order__order=order)
    return list(found.order_by("merchant_order__number", "position"))


def test_a_guest_finds_the_order_chooses_confirms_and_keeps_the_receipt(
    client: Client, order: Order
) -> None:
    page = open_form(client, order)
    shown = client.get(page).content.decode()
    assert order.customer_name in shown
    line = lines_of(order)[0]
    said = {**SIGNED, "step": "choose", f"line-{line.pk}": "1"}
    sure = client.post(page, said).content.decode()
    assert WORDS_CONFIRM in sure
    assert not Withdrawal.objects.exists()
    done = client.post(page, said | {"step": "confirm"})
    made = Withdrawal.objects.get()
    receipt = reverse("storefront:withdrawn", args=[made.token])
    assert (done.status_code, done.headers["Location"]) == (302, receipt)
    kept = client.get(receipt)
    local = f"{made.confirmed_at.astimezone(timezone.get_default_timezone()):%Y}"
    for word in (made.number, "Nadia Cabas", SIGNED["email"], line.product_name, local):
        assert word in kept.content.decode()
    assert "no-store" in kept.headers["Cache-Control"]
    again = client.post(page, said | {"step": "confirm", f"line-{line.pk}": "2"})
    assert again.status_code == 409
    assert made.number in again.content.decode()
    assert Withdrawal.objects.count() == 1


def test_a_box_takes_everything_of_a_shop_or_the_whole_order(client: Client, order: Order) -> None:
    page = open_form(client, order)
    part = order.merchant_orders.order_by("number")[0]
    sure = client.post(page, {**SIGNED, "step": "choose", f"part-{part.pk}": "1"})
    mine = {one.pk for one in lines_of(order) if one.merchant_order_id == part.pk}
    for line in lines_of(order):
        assert (f'name="line-{line.pk}"' in sure.content.decode()) is (line.pk in mine)
    every = client.post(page, {**SIGNED, "step": "choose", "everything": "1"}).content.decode()
    carried = {f"line-{one.pk}": str(one.quantity) for one in lines_of(order)}
    assert all(f'name="{field}" value="{count}"' in every for field, count in carried.items())
    client.post(page, {**SIGNED, "step": "confirm", **carried})
    assert Withdrawal.objects.count() == 2
    first = Withdrawal.objects.order_by("number")[0]
    receipt = client.get(reverse("storefront:withdrawn", args=[first.token])).content.decode()
    assert all(number in receipt for number in Withdrawal.objects.values_list("number", flat=True))
    after = client.get(page).content.decode()
    assert 'name="step" value="choose"' in after
    assert "<select" not in after


def test_a_line_with_a_legal_exception_is_shown_with_its_reason_and_may_be_declared(
    client: Client, order: Order
) -> None:
    part = order.merchant_orders.order_by("number")[0]
    line = line_with(part, "Fraisier", quantity=2, withdrawal_exception="perishable")
    page = open_form(client, order)
    article = '<span class="nowrap">L221-28, 4°</span>'
    assert article in client.get(page).content.decode()
    said = {**SIGNED, f"line-{line.pk}": "2"}
    assert article in client.post(page, said | {"step": "choose"}).content.decode()
    assert client.post(page, said | {"step": "confirm"}).status_code == 302
    assert Withdrawal.objects.get().lines.get().exception == "perishable"


def test_a_wrong_number_and_a_wrong_address_get_the_same_answer_and_not_for_long(
    client: Client, order: Order
) -> None:
    address = reverse("storefront:withdraw")

    def answered(number: str, email: str) -> tuple[int, bool]:
        answer = client.post(address, {"number": number, "email": email})
        text = answer.content.decode()
        return answer.status_code, "Aucune commande ne porte ce numéro" in text

    wrong = answered(order.number, "else@exemple.test")
    assert wrong == answered("2222-2222", order.customer_email) == (422, True)
    for _try in range(12):
        last = answered("2222-2222", "else@exemple.test")
    assert last[0] == 429


def test_fault_51_number_and_address_alone_show_nothing_of_an_order(
    client: Client, order: Order
) -> None:
    given = {"number": order.number, "email": order.customer_email}
    page = client.post(reverse("storefront:withdraw"), given).headers["Location"]
    shown = client.get(page)
    assert order.customer_name not in shown.content.decode()
    for wrong in ("", "AAAAAA", "\x00", "9" * 400):
        refused = client.post(page, {"code": wrong})
        assert refused.status_code == 422
        assert order.customer_name not in refused.content.decode()
    assert client.get(page[:-2] + "x/").status_code == 404
    right = code_sent_to(order)
    for _try in range(5):
        client.post(page, {"code": "AAAAAA"})
    assert client.post(page, {"code": right}).status_code == 422, "five tries a code"
    client.post(reverse("storefront:withdraw"), given)
    fresh = client.post(page, {"code": code_sent_to(order)})
    assert client.get(fresh.headers["Location"]).status_code == 200
    assert client.post(page, {"code": code_sent_to(order)}).status_code == 422, "a code works once"


def test_the_e_mail_leads_to_the_form_without_typing(client: Client, order: Order) -> None:
    given = {"number": order.number, "email": order.customer_email}
    client.post(reverse("storefront:withdraw"), given)
    letter = Message.objects.filter(to=order.customer_email).latest("pk")
    link = re.search(r"http://[^/]+(/retractation/\S+)", letter.text)
    assert link
    assert order.customer_name in client.get(link[1]).content.decode()


def test_an_old_page_of_the_code_leads_back(
    client: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"number": order.number, "email": order.customer_email}
    page = client.post(reverse("storefront:withdraw"), given).headers["Location"]
    monkeypatch.setattr("chalandise.storefront.following.withdrawal_codes.KEY_SECONDS", -1)
    assert client.get(page).headers["Location"].startswith(reverse("storefront:withdraw"))


def test_fourteen_days_later_a_kind_sentence_says_why_there_is_nothing(
    client: Client, order: Order
) -> None:
    MerchantOrder.objects.update(received_at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    page = open_form(client, order)
    shown = client.get(page).content.decode()
    assert "garantie légale" in shown
    assert "<select" not in shown
    line = lines_of(order)[0]
    late = client.post(page, {**SIGNED, "step": "confirm", f"line-{line.pk}": "1"})
    assert late.status_code == 422
    assert not Withdrawal.objects.exists()


def test_a_key_that_was_tampered_with_opens_nothing_and_an_old_one_leads_back(
    client: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_form(client, order)
    assert client.get(page[:-2] + "x/").status_code == 404
    monkeypatch.setattr("chalandise.storefront.following.withdrawals.KEY_SECONDS", -1)
    back = client.get(page)
    assert back.headers["Location"].startswith(reverse("storefront:withdraw"))


def test_the_order_page_leads_to_its_own_form_and_every_page_to_the_function(
    client: Client, order: Order
) -> None:
    home = client.get(reverse("storefront:legal")).content.decode()
    assert "Renoncer au contrat ici" in home
    assert reverse("storefront:withdraw") in home
    own = client.get(reverse("storefront:withdraw_from", args=[order.token]))
    assert client.get(own.headers["Location"]).status_code == 200


def test_nothing_chosen_or_no_name_is_said_and_keeps_the_rest(client: Client, order: Order) -> None:
    page = open_form(client, order)
    nothing = client.post(page, {**SIGNED, "step": "choose"})
    assert nothing.status_code == 422
    line = lines_of(order)[0]
    unsigned = client.post(
        page, {"name": "", "email": "x", f"line-{line.pk}": "2", "step": "choose"}
    )
    assert unsigned.status_code == 422
    assert '<option value="2" selected>' in unsigned.content.decode()


def test_each_shop_s_parcel_is_proved_beside_its_own_name(client: Client, order: Order) -> None:
    """Two shops, two parcels: a refused number is said where it was typed, and nowhere else."""
    page = open_form(client, order)
    carried = {f"line-{one.pk}": str(one.quantity) for one in lines_of(order)}
    client.post(page, {**SIGNED, "step": "confirm", **carried})
    first, second = Withdrawal.objects.order_by("number")
    address = reverse("storefront:sent_back", args=[second.token])
    shown = client.post(address, {"sent_on": "", "tracking": ""}).content.decode()
    for made, is_refused in ((first, False), (second, True)):
        assert shown.count(f'id="sent-{made.pk}-tracking"') == 1
        assert (f'href="#sent-{made.pk}-tracking"' in shown) is is_refused
    assert shown.count('<details class="more no-print" open>') == 1
    assert shown.count('role="alert"') == 1
