"""« Mes commerces » says how many orders wait in each shop, at a fixed price."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.counter.test_shelf import at, client_of
from tests.factories import directory
from tests.factories.fulfilment import MERCHANT, NOON, accepted, placed

from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.queries.boards import counts, to_do_by_shop

pytestmark = pytest.mark.django_db


def shop(cast: Cast, name: str) -> Establishment:
    bakery = cast.bakery
    return directory.establishment(
        name, organisation=bakery.organisation, claimed_at=bakery.claimed_at
    )


def read(cast: Cast) -> tuple[str, int]:
    client = client_of(cast.claire)
    client.get(reverse("counter:shops"))
    with CaptureQueriesContext(connection) as ran:
        page = client.get(reverse("counter:shops")).content.decode()
    return page, len(ran)


def test_each_shop_says_how_many_orders_wait_for_the_same_price(cast: Cast) -> None:
    second = shop(cast, "Le Dépôt de pain")
    placed(cast.lot, cast.bakery)
    page, before = read(cast)
    assert page.count("1 commande vous attend") == 1
    assert f'href="{at("board", cast.bakery)}"' in page
    assert f'href="{at("board", second)}"' not in page
    for number in range(4):
        placed(cast.lot, shop(cast, f"Dépôt {number}"))
    placed(cast.lot, cast.bakery)
    page, after = read(cast)
    assert page.count("1 commande vous attend") == 4
    assert page.count("2 commandes vous attendent") == 1
    assert after == before


def test_what_is_packed_waits_for_nobody(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    shops = [cast.bakery, cast.bookshop]
    assert (
        to_do_by_shop(shops) == {cast.bakery.pk: counts(cast.bakery).to_do} == {cast.bakery.pk: 1}
    )
    mark_ready(order, by=MERCHANT, at=NOON)
    assert (
        to_do_by_shop(shops) == {cast.bakery.pk: counts(cast.bakery).to_do} == {cast.bakery.pk: 0}
    )
