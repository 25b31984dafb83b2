"""The doors to a decision, and the complaints that wait."""

from __future__ import annotations

from django.db.models import QuerySet

from chalandise.directory.models import Decision
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter


def get_decision_by_token(token: str) -> Decision:
    """Return the decision behind a private link.

    Raises:
        NotFoundError: the link opens nothing.
    """
    rows = Decision.objects.select_related("establishment__commune", "portal", "report")
    found = rows.filter(token=token).first()
    if found is None:
        raise NotFoundError
    return found


def get_decision_for_desk(portal: Portal, decision_id: int) -> Decision:
    """Return a contested decision about a sheet of the portal.

    Raises:
        NotFoundError: absent, of another place, or not contested.
    """
    found = _contested(portal).filter(pk=decision_id).first()
    if found is None:
        raise NotFoundError
    return found


def open_complaints(portal: Portal) -> QuerySet[Decision]:
    """Return the complaints to answer, the oldest first."""
    return _contested(portal).filter(answered_at=None).order_by("contested_at", "pk")


def _contested(portal: Portal) -> QuerySet[Decision]:
    return Decision.objects.filter(
        scope_filter(portal, prefix="establishment__commune"), contested_at__isnull=False
    ).select_related("establishment__commune", "report")
