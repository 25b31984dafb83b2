"""The page of a product: what it says before anybody puts it in the basket."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.models import ProductPhoto
from chalandise.catalogue.states import WithdrawalException
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web import freshness, page_cache

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (0, "", ""),
        (1439, "", ""),
        (1440, "prêt en 1 jour.", "ready in 1 day."),
        (1441, "prêt en 2 jours.", "ready in 2 days."),
        (4320, "prêt en 3 jours.", "ready in 3 days."),
    ],
)
def test_what_is_made_to_order_says_in_how_many_days(
    cast: Cast, client: Client, minutes: int, french: str, english: str
) -> None:
    made = catalogue.product(cast.bakery, "Pièce montée", new={"made_to_order_minutes": minutes})
    for language, expected in (("fr", french), ("en", english)):
        page_cache.shelf.clear()
        answer = client.get(f"/produits/{made.slug}/", headers={"accept-language": language})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert 'name="offer"' in page
        assert ("#hourglass" in page) == bool(expected)
        assert expected in page


def test_the_article_of_an_exception_stays_on_one_line(cast: Cast, client: Client) -> None:
    made = catalogue.product(cast.bakery, "Fraisier", withdrawal_exception="perishable")
    page = client.get(f"/produits/{made.slug}/").content.decode()
    assert '(<span class="nowrap">L221-28, 4°</span>).' in page
    assert say_exception("") == ""
    for code in filter(None, WithdrawalException.values):
        assert '<span class="nowrap">L221-28, ' in say_exception(code)


STATEMENTS = 6
"""The version of the data, the two reads of the portals, the product, its shop, all prices."""


def test_a_first_visit_costs_the_same_however_full_the_shelf_is(cast: Cast, client: Client) -> None:
    made = catalogue.product(cast.bakery, "Tourte")

    def statements() -> list[str]:
        page_cache.shelf.clear()
        freshness.forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/produits/{made.slug}/").status_code == 200
        return [one["sql"] for one in captured.captured_queries]

    alone = statements()
    for number in range(12):
        other = catalogue.product(cast.bakery, f"Pain {number}")
        catalogue.variant(other, "Grand", price_cents=900)
        ProductPhoto.objects.create(
            product=made, name=f"vue{number}", width=900, height=900, added_at=catalogue.SINCE
        )
    catalogue.variant(made, "Grande", price_cents=1200)
    among_others = statements()
    assert len(among_others) == len(alone), "\n".join(among_others)
    assert len(alone) == STATEMENTS, "\n".join(alone)
