"""Portals: scope, inheritance, roles that hold downwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import portals, territories

from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.portals import actions
from chalandise.portals.appearance import contrast, read_colour
from chalandise.portals.errors import (
    ColourRefusedError,
    LowContrastError,
    NameRefusedError,
    ScopeOutsideParentError,
)
from chalandise.portals.models import Portal
from chalandise.portals.policies import has_role, portals_of
from chalandise.portals.queries import DEFAULT_BRAND, identity_of
from chalandise.portals.states import StaffRole

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
BY = Actor.system("test")


def _names(portal: Portal) -> set[str]:
    return set(Establishment.objects.on(portal).values_list("name", flat=True))


def test_a_portal_shows_its_territory_and_a_sub_portal_less(cast: Cast) -> None:
    assert _names(cast.lot) == {"Au Pain de Chanvre", "Le Livre d’Olt"}
    assert _names(cast.cahors) == {"Au Pain de Chanvre"}
    assert _names(cast.elsewhere) == {"Épicerie CANARI-82"}


def test_a_portal_may_cover_a_region_or_single_communes(cast: Cast) -> None:
    assert len(_names(portals.portal(territories.occitanie()))) == 3
    two_towns = portals.portal(territories.figeac(), territories.montauban())
    assert _names(two_towns) == {"Le Livre d’Olt", "Épicerie CANARI-82"}
    assert _names(portals.portal()) == set()


INHERITED = (
    "operator_name",
    "operator_address",
    "publication_director",
    "legal_notice",
    "hotline_hours",
)


def test_a_sub_portal_takes_from_its_parent_what_it_does_not_say(cast: Cast) -> None:
    cast.lot.brand_colour = "#7A1F3D"
    cast.lot.save()
    child = Portal.objects.get(slug="grand-cahors")
    identity = identity_of(child)
    assert identity.name == "Grand Cahors"
    assert identity.brand_colour == "#7A1F3D"
    assert identity.hotline == "+33565000000"
    for name in INHERITED:
        setattr(cast.lot, name, f"of the Lot: {name}")
    cast.lot.save()
    child = Portal.objects.get(slug="grand-cahors")
    above = identity_of(child)
    assert {getattr(above, name) for name in INHERITED} == {f"of the Lot: {n}" for n in INHERITED}
    for name in INHERITED:
        setattr(child, name, f"own {name}")
    own = identity_of(child)
    assert {getattr(own, name) for name in INHERITED} == {f"own {name}" for name in INHERITED}
    child.brand_colour = "#123B5D"
    assert identity_of(child).brand_colour == "#123B5D"
    assert identity_of(cast.elsewhere).brand_colour == DEFAULT_BRAND


def test_a_role_holds_downwards_and_never_upwards(cast: Cast) -> None:
    assert has_role(cast.helene, cast.cahors)
    portals.staff(cast.nadia, cast.cahors, StaffRole.ADMINISTRATOR)
    assert has_role(cast.nadia, cast.cahors)
    assert not has_role(cast.nadia, cast.lot)
    assert not has_role(cast.odile, cast.lot)
    assert {p.slug for p in portals_of(cast.helene)} == {"lot", "grand-cahors"}
    cast.helene.is_active = False
    assert not has_role(cast.helene, cast.lot)
    assert portals_of(cast.helene) == []


def test_a_sub_portal_may_not_leave_its_parents_scope(cast: Cast) -> None:
    with pytest.raises(ScopeOutsideParentError) as refusal:
        actions.open_portal(
            "Ailleurs", scope=[territories.montauban()], parent=cast.lot, by=BY, at=NOW
        )
    assert refusal.value.outside == ["commune-82121"]
    assert not Portal.objects.filter(name="Ailleurs").exists()


def test_intercommunalities_open_in_one_go_and_only_once(cast: Cast) -> None:
    opened = actions.open_intercommunalities(cast.lot, by=BY, at=NOW)
    assert [p.name for p in opened] == ["Grand-Figeac"]  # Grand Cahors was open
    assert actions.open_intercommunalities(cast.lot, by=BY, at=NOW) == []


def test_an_intercommunality_reaching_beyond_covers_the_communes_inside(cast: Cast) -> None:
    territories.commune("82001", "Albias", epci=territories.grand_figeac())
    (opened,) = actions.open_intercommunalities(cast.lot, by=BY, at=NOW)
    assert [t.key for t in opened.scope.all()] == ["commune-46102"]


def test_two_portals_of_one_name_get_two_addresses(cast: Cast) -> None:
    first = actions.open_portal("Lot", scope=[territories.lot()], by=BY, at=NOW)
    assert first.slug == "lot-2"


def test_a_pale_colour_is_refused_with_its_contrast() -> None:
    with pytest.raises(LowContrastError) as refusal:
        read_colour("#E8B23A")
    assert refusal.value.ratio < 4.5


@given(st.from_regex(r"\A#[0-9a-f]{6}\Z"), st.from_regex(r"\A#[0-9a-f]{6}\Z"))
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 1 <= contrast(one, other) <= 21.001
    assert contrast(one, other) == contrast(other, one)


def test_names_and_colours_are_read_the_same_when_a_portal_changes(cast: Cast) -> None:
    actions.change_portal(cast.lot, name=" Achat  Lot ", brand_colour="1e5b45", by=BY, at=NOW)
    assert (cast.lot.name, cast.lot.brand_colour) == ("Achat Lot", "#1E5B45")
    with pytest.raises(ColourRefusedError):
        actions.change_portal(cast.lot, brand_colour="vert", by=BY, at=NOW)
    with pytest.raises(NameRefusedError):
        actions.change_portal(cast.lot, name=" ", by=BY, at=NOW)


def test_an_address_made_from_a_name_can_be_asked_for(cast: Cast) -> None:
    made = actions.open_portal("_Bourg_neuf_ !", scope=[territories.lot()], by=BY, at=NOW)
    assert made.slug == "bourg-neuf"


def test_what_somebody_else_writes_meanwhile_is_not_taken_back(cast: Cast) -> None:
    mine = Portal.objects.get(pk=cast.lot.pk)
    actions.set_commission(Portal.objects.get(pk=cast.lot.pk), 300, by=BY, at=NOW)
    actions.change_portal(mine, tagline="Tout près", by=BY, at=NOW)
    kept = Portal.objects.get(pk=cast.lot.pk)
    assert (kept.commission_bp, kept.tagline) == (300, "Tout près")
