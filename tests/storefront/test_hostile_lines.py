"""What strangers type stays a line that others can read: in forms, tables and papers (68, 76, 77)."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree
from tests.cast import Cast
from tests.factories import market

from chalandise.directory.cleaning import visible_line
from chalandise.kernel.xlsx_out import xlsx_table
from chalandise.ordering.models import Checkout
from chalandise.storefront.buying.who_form import WhoForm

HIDDEN = "\u202eNa\u200bdia\ufffe\x01\u2066 Ca\x0bbas\u2028"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        (HIDDEN, "Nadia Ca bas"),
        ("  Zoë  d’Ève\u00a0!  ", "Zoë d’Ève !"),
        ("👩‍🍳 Claire", "👩‍🍳 Claire"),
        ("<b>x</b>", "<b>x</b>"),
        ("نادية", "نادية"),
        ("\u202e\u200b", ""),
    ],
)
def test_a_line_is_what_is_seen_of_it(typed: str, seen: str) -> None:
    assert visible_line(typed) == seen


@pytest.mark.django_db
def test_the_name_of_a_customer_hides_nothing_from_the_merchant(cast: Cast) -> None:
    checkout = market.started(cast.lot, (market.shop(cast.bakery).offers[0], 1))
    address = reverse("storefront:checkout_who", args=[checkout.form_token])
    said = {"name": HIDDEN, "email": "nadia@exemple.test"}
    assert Client().post(address, said).status_code == 302
    assert Checkout.objects.get().customer_name == "Nadia Ca bas"
    assert Client().post(address, said | {"name": "\u202e\u200b"}).status_code == 422
    assert WhoForm({"name": "x" * 81, "email": "a@b.fr"}).errors.keys() == {"name"}


@pytest.mark.parametrize("digits", ["9" * 19, "0" * 5_000])
@pytest.mark.usefixtures("cast")
@pytest.mark.django_db
def test_a_number_without_end_puts_nothing_in_the_basket(digits: str) -> None:
    answer = Client().post(reverse("storefront:add_to_cart"), {"offer": digits})
    assert answer.status_code == 422


def test_a_workbook_can_be_opened_whatever_stands_in_it() -> None:
    cells = [f"a{sign}b" for sign in "\x00\x1b\ufffe\uffff\ud800\u2028👍=\t\n"]
    book = zipfile.ZipFile(BytesIO(xlsx_table(["x"], [[one] for one in cells])))
    texts: list[str] = []
    for name in book.namelist():
        tree = etree.fromstring(book.read(name))
        texts += tree.itertext("{*}t") if name.endswith(("sheet1.xml", "Strings.xml")) else []
    assert {"ab", "a👍b", "a\u2028b", "a=b"} < set(texts)
    assert not set("".join(texts)) & set("\x00\x1b\ufffe\uffff\ud800")
