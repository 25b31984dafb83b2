"""The demonstration's merchants can be paid online."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.factories.orders import NOON

from chalandise.config.demo.money import connect_merchants
from chalandise.organisations.models import Organisation
from chalandise.payments.queries import sells_online

pytestmark = pytest.mark.django_db


def test_every_merchant_of_the_demonstration_is_connected_once(cast: Cast) -> None:
    wanted = {cast.bakery.organisation_id, cast.bookshop.organisation_id}
    everybody = Organisation.objects.order_by("pk")
    assert connect_merchants(everybody, at=NOON) == 2
    assert connect_merchants(everybody, at=NOON) == 0
    assert sells_online([one.pk for one in everybody], at=NOON) == wanted
