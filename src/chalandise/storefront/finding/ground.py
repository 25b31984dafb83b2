"""What is outlined below the maps of a portal."""

from __future__ import annotations

from django.urls import get_script_prefix

from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.territories.queries import are_too_many
from chalandise.territories.states import Kind
from chalandise.web.memory import while_unchanged


def contours_address(portal: Portal) -> str:
    """Return where the outlines are: of communes, or of what holds them in a large region."""
    return f"{get_script_prefix()}api/v1/contours?kind={_kind_of(portal).value}"


@while_unchanged(64)
def _kind_of(portal: Portal) -> Kind:
    return Kind.EPCI if are_too_many(scope_keys(portal), Kind.COMMUNE) else Kind.COMMUNE
