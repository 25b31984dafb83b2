"""`territories load` when communes have merged: shops and scopes follow, and the report says so."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.cast import Cast
from tests.factories import directory, portals, territories

from chalandise.config.commands.territories import territories as command
from chalandise.directory.models import Establishment
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.portals.models import Portal
from chalandise.territories.models import FormerCommune, Territory
from chalandise.territories.queries import list_successors
from chalandise.territories.reading import read_former_communes, read_places

pytestmark = pytest.mark.django_db


def merged_commune_of_the_lot() -> tuple[str, str]:
    """A code that the shipped edition has no more, and the commune it became part of."""
    alive = {place.code for place in read_places()}
    into: dict[str, set[str]] = {}
    for code, _name, _nature, commune in read_former_communes():
        into.setdefault(code, set()).add(commune)
    return next(
        (code, next(iter(communes)))
        for code, communes in sorted(into.items())
        if code.startswith("46") and code not in alive and len(communes) == 1
    )


def test_shops_and_scopes_of_a_merged_commune_follow_it(cast: Cast) -> None:
    code, successor = merged_commune_of_the_lot()
    old = territories.commune(code, "Ancienne-en-Quercy", epci=territories.grand_cahors())
    shops = [
        directory.establishment(f"Maison {letter}", commune=old, slug=f"maison-{letter}")
        for letter in "ab"
    ]
    village = portals.portal(old, slug="village", name="Village", parent=cast.cahors)
    first = CliRunner().invoke(command, ["load", "--without-contours"])
    assert first.exit_code == 0, first.output
    new = Territory.objects.get(key=successor)
    assert f"Ancienne-en-Quercy fait désormais partie de {new.name}" in first.output
    assert "2 commerces" in first.output
    assert "Village" in first.output
    places = Establishment.objects.filter(pk__in=[shop.pk for shop in shops])
    assert set(places.values_list("commune_id", flat=True)) == {successor}
    assert list(Portal.objects.get(pk=village.pk).scope.values_list("key", flat=True)) == [
        successor
    ]
    told = OutboxEvent.objects.filter(kind="directory.establishments_changed").latest("pk")
    assert told.payload["establishment_ids"] == sorted(shop.pk for shop in shops)
    entry = Entry.objects.get(verb="establishments_moved")
    assert (entry.subject, entry.detail["to"]) == (f"territories.territory:{old.key}", successor)
    again = CliRunner().invoke(command, ["load", "--without-contours"])
    assert "fait désormais partie" not in again.output
    assert Entry.objects.filter(verb="establishments_moved").count() == 1


def test_a_commune_shared_out_among_several_has_no_successor(cast: Cast) -> None:
    old = territories.commune("46999", "Partagée")
    for new in (cast.bakery.commune, cast.bookshop.commune):
        FormerCommune.objects.create(
            code="46999", name="Partagée", search_key="partagee", nature="delegated", commune=new
        )
    assert list_successors([old.key]) == {}
    FormerCommune.objects.filter(code="46999", commune=cast.bookshop.commune).delete()
    assert list_successors([old.key]) == {old: cast.bakery.commune}
