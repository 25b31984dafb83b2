"""What pages read in one query is what the ORM would have read in many."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import directory

from chalandise.directory.hours import Closing, Opening
from chalandise.directory.models import (
    Establishment,
    EstablishmentHours,
    ExceptionalClosing,
    Fact,
    Photo,
)
from chalandise.directory.queries import (
    get_establishment_on,
    list_cards,
    list_provenance,
    opening_values,
)
from chalandise.directory.queries.statements import Statement
from chalandise.directory.states import ListingState
from chalandise.kernel.errors import NotFoundError

CHILDREN = ("hours", "closings", "photos", "facts")


@pytest.fixture
def shop(cast: Cast) -> Establishment:
    """Return a shop of which everything is known."""
    shop = directory.establishment("L’Échoppe « à l’Œil »", slug="echoppe", services=["pickup"])
    EstablishmentHours.objects.create(establishment=shop, purpose="collect", value="Mo 09:00-10:00")
    for day in ("2026-12-26", "2026-12-24"):
        ExceptionalClosing.objects.create(
            establishment=shop, starts_on=day, ends_on=day, reason="Fête d’hiver"
        )
    for position in (2, 1):
        Photo.objects.create(
            establishment=shop, name=f"photo{position}", width=9, height=6, position=position
        )
    Fact.objects.create(
        establishment=shop,
        field="name",
        source_kind="register",
        source_label="Sirene",
        dated_on="2026-11-01",
        verified_at=datetime(2026, 11, 2, 8, 30, 0, 123, UTC),
    )
    return shop


def columns(one: object) -> dict[str, object]:
    return {name: value for name, value in vars(one).items() if not name.startswith("_")}


def test_a_sheet_comes_whole_in_one_query(cast: Cast, shop: Establishment) -> None:
    get_establishment_on(cast.lot, "echoppe")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        found = get_establishment_on(cast.lot, "echoppe")
        known = {name: list(getattr(found, name).all()) for name in CHILDREN}
        names = (found.category.name, found.category.parent, found.commune.name)
        openings = (opening_values(found), list_provenance(found))
    assert len(captured) == 1
    assert "echoppe" not in captured.captured_queries[0]["sql"]  # a prepared statement's place
    same = Establishment.objects.with_card().prefetch_related("facts").get(slug="echoppe")
    assert columns(found) == columns(same)
    assert columns(found.commune) == columns(same.commune)
    for name, rows in known.items():
        assert [columns(one) for one in rows] == [
            columns(one) for one in getattr(same, name).all()
        ], name
        assert all(one.establishment is found for one in rows)
    assert names == (same.category.name, same.category.parent, same.commune.name)
    assert openings == (opening_values(same), list_provenance(same))
    assert found.photos.count() == 2
    Photo.objects.create(
        establishment=directory.establishment("Voisine"), name="hers", width=9, height=6
    )
    assert [one.establishment_id for one in found.photos.filter(height=6)] == [shop.pk] * 2
    found.name = "Autre enseigne"
    found.save(update_fields=["name"])  # an object of the table like any other
    shop.refresh_from_db()
    assert shop.name == "Autre enseigne"


def test_the_places_of_a_statement_are_numbered() -> None:
    said = Statement("SELECT '%%' WHERE a = %s AND b = %s", ("x", "y"), "x")
    assert said._numbered == "SELECT '%' WHERE a = $1 AND b = $2"


def test_a_sheet_has_the_same_doors_as_ever(cast: Cast, shop: Establishment) -> None:
    for portal, slug in ((cast.elsewhere, "echoppe"), (cast.lot, "nulle-part"), (cast.lot, "a\0b")):
        with pytest.raises(NotFoundError):
            get_establishment_on(portal, slug)
    assert get_establishment_on(cast.cahors, "echoppe").pk == shop.pk
    Establishment.objects.filter(pk=shop.pk).update(status=ListingState.HIDDEN)
    with pytest.raises(NotFoundError):
        get_establishment_on(cast.lot, "echoppe")


def test_cards_come_in_the_order_asked_and_only_when_published(
    cast: Cast, shop: Establishment
) -> None:
    bare = directory.establishment("Nu", hours="", latitude=None, longitude=None)
    hidden = directory.establishment("Caché", status=ListingState.HIDDEN)
    with CaptureQueriesContext(connection) as captured:
        cards = list_cards([bare.pk, hidden.pk, shop.pk, 0])
    assert len(captured) == 1
    assert [one.pk for one in cards] == [bare.pk, shop.pk]
    assert (cards[0].opening, cards[0].photo, cards[0].position) == (None, None, None)
    full = cards[1]
    fete = [Closing(date(2026, 12, day), date(2026, 12, day), "Fête d’hiver") for day in (24, 26)]
    assert (
        full.opening
        == Opening(directory.SHOP_HOURS, "Europe/Paris", "metropole", tuple(fete))
        == opening_values(shop)
    )
    assert full.photo is not None
    assert full.photo.name == "photo1"
    assert (full.place, full.category, full.services) == ("Cahors", "Boulangerie", ("pickup",))
    assert list_cards([]) == []
