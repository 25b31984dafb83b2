"""The page of a product: what it says before anybody puts it in the basket."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.web import page_cache

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
