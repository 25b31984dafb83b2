"""What a hostile customer or a careless owner tries in the market."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import market

from chalandise.ordering.models import Checkout, MerchantOrder, Order

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = {
    "total": ["0", "1", "-450", "450.0", "999999999", ""],
    "digest": ["0" * 64],
    "form_token": ["x", ""],
}


def at_the_button(cast: Cast) -> tuple[Checkout, dict[str, str]]:
    """A checkout before its last press, and what its form sends."""
    shop = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (shop.offers[0], 1), at=timezone.now())
    page = Client().get(reverse("storefront:checkout_pay", args=[checkout.form_token]))
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    hidden.pop("csrfmiddlewaretoken", None)
    return checkout, {**hidden, "pays": "on_collection", "terms": "1"}


def test_fault_15_what_the_form_hides_decides_nothing(cast: Cast) -> None:
    checkout, form = at_the_button(cast)
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    for name, values in HIDDEN.items():
        for value in values:
            answer = Client().post(address, form | {name: value})
            assert answer.status_code == 422, f"{name}={value!r}"
            assert not Order.objects.exists(), f"{name}={value!r}"
    more = {"price": "1", "unit_price_cents": "1", "vat_rate_bp": "0", "merchant": "9", "fee": "0"}
    answer = Client().post(address, form | more)
    assert answer.status_code == 302
    assert Order.objects.get().total_cents == 450


def test_one_address_is_not_flooded_with_orders(cast: Cast) -> None:
    checkout, form = at_the_button(cast)
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    wrong = form | {"total": "1"}
    answers = [Client().post(address, wrong).status_code for _press in range(21)]
    assert answers == [422] * 20 + [429]
    assert not Order.objects.exists()


def test_one_connection_does_not_order_under_a_new_address_each_time(
    cast: Cast, settings: Any
) -> None:
    settings.ORDERS_PER_HOUR = 3
    checkout, form = at_the_button(cast)
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    answers = []
    for press in range(4):
        Checkout.objects.update(customer_email=f"n{press}@exemple.test")
        answers.append(Client().post(address, form | {"total": "1"}).status_code)
    assert answers == [422, 422, 422, 429]
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post(address, form | {"total": "1"}).status_code == 422
    settings.ORDERS_PER_HOUR = 0
    assert Client().post(address, form | {"total": "1"}).status_code == 422


def test_fault_87_nobody_vanishes_while_an_order_stands(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1), user=cast.nadia, pays="on_collection")
    organisation = cast.bakery.organisation
    assert organisation is not None
    for owner in (cast.bakery, organisation):
        with pytest.raises(ProtectedError), transaction.atomic():
            owner.delete()
    cast.nadia.delete()  # the customer may go; what the law wants kept stays, without the account
    order.refresh_from_db()
    assert order.user is None
    assert MerchantOrder.objects.filter(order=order).count() == 1


def test_fault_85_every_package_is_locked_with_its_hash() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    from_outside = [one for one in locked if "registry" in one["source"]]
    assert len(from_outside) > 50
    for one in from_outside:
        files = [*one.get("wheels", []), *([one["sdist"]] if "sdist" in one else [])]
        assert files, f"{one['name']} has no file"
        assert all(file["hash"].startswith("sha256:") for file in files), one["name"]
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: one for name, one in packages.items() if name}  # "" is the project itself
    assert len(fetched) > 20
    assert [name for name, one in fetched.items() if not one.get("integrity")] == []
    assert {one["source"].get("editable") for one in locked if one not in from_outside} == {"."}
