"""Two descriptions side by side: what a record says, what we know, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chalandise.directory.models import Establishment
from chalandise.federation.content import unpack
from chalandise.federation.models import Match
from chalandise.kernel.text import fold
from chalandise.territories.shapes import distance_metres
from chalandise.web.formatting import metres, telephone


@dataclass(frozen=True)
class Compared:
    """One line of the comparison."""

    label: str
    theirs: str
    ours: str

    @property
    def is_different(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.theirs and self.ours) and fold(self.theirs) != fold(self.ours)


def compare(match: Match) -> list[Compared]:
    """Return the lines of a comparison, empty ones left out."""
    return [one for one in _lines(match) if one.theirs or one.ours]


def distance_of(match: Match) -> str:
    """Return how far apart the two points are, blank when one is unknown."""
    facts, ours = unpack(match.record.content), match.establishment
    if (
        ours.is_located_by_commune
        or facts.latitude is None
        or facts.longitude is None
        or ours.latitude is None
        or ours.longitude is None
    ):
        return ""
    return metres(distance_metres(facts.latitude, facts.longitude, ours.latitude, ours.longitude))


def _lines(match: Match) -> Iterator[Compared]:
    theirs, ours = unpack(match.record.content), match.establishment
    yield Compared(_("Name"), theirs.name, ours.name)
    yield Compared(
        _("Address"),
        " ".join(one for one in (theirs.street, theirs.postal_code, theirs.city) if one),
        _address(ours),
    )
    yield Compared(_("Telephone"), _phone(theirs.phone), _phone(ours.phone))
    yield Compared(_("SIRET"), theirs.siret, ours.siret or "")
    yield Compared(_("Website"), theirs.website, ours.website)
    yield Compared(_("NAF code"), theirs.activity_code, ours.activity_code)
    yield Compared(_("Opening hours"), "; ".join(text for _purpose, text in theirs.hours), "")
    yield Compared(_("Category"), "", ours.category.shown_name)
    yield Compared(_("State"), "", str(ours.get_status_display()))


def _address(shop: Establishment) -> str:
    return " ".join(one for one in (shop.street, shop.postal_code, shop.commune.name) if one)


def _phone(value: str) -> str:
    return telephone(value) if value else ""
