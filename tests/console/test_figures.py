"""The operator's ladder: where the shops of a portal stand, from the facts alone."""

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.states import ProductState
from chalandise.console.figures import figures_of
from chalandise.directory.models import Establishment
from chalandise.directory.states import Level

pytestmark = pytest.mark.django_db


def ladder(cast: Cast) -> dict[str, int]:
    figures = figures_of(cast.lot, at=timezone.now())
    return {str(rung.label): rung.count for rung in figures.ladder if rung.count}


def stand(shop: Establishment, level: Level) -> None:
    Establishment.objects.filter(pk=shop.pk).update(level=level)


def shelve(shop: Establishment, *, keeps_stock: bool) -> None:
    Offer.objects.filter(pk=catalogue.offer(shop).pk).update(keeps_stock=keeps_stock)


def test_whoever_has_something_on_the_shelf_sells_online(cast: Cast) -> None:
    stand(cast.bakery, Level.RESERVATIONS)
    stand(cast.bookshop, Level.RESERVATIONS)
    shelve(cast.bakery, keeps_stock=False)
    assert ladder(cast) == {str(Level.RESERVATIONS.label): 1, str(Level.ONLINE.label): 1}
    Product.objects.update(state=ProductState.WITHDRAWN)
    assert ladder(cast) == {str(Level.RESERVATIONS.label): 2}


def test_stock_is_in_step_when_it_is_kept_for_everything_on_the_shelf(cast: Cast) -> None:
    stand(cast.bakery, Level.RESERVATIONS)
    stand(cast.bookshop, Level.LISTED)
    shelve(cast.bakery, keeps_stock=True)
    assert ladder(cast)[str(Level.STOCK.label)] == 1
    shelve(cast.bakery, keeps_stock=False)
    assert str(Level.STOCK.label) not in ladder(cast)


def test_a_step_rests_on_the_one_below(cast: Cast) -> None:
    stand(cast.bakery, Level.CLAIMED)
    stand(cast.bookshop, Level.LISTED)
    shelve(cast.bakery, keeps_stock=True)
    assert ladder(cast) == {str(Level.CLAIMED.label): 1, str(Level.LISTED.label): 1}
