"""Which portal speaks to a merchant when nobody stands on one."""

from __future__ import annotations

from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal


def find_speaking_portal(establishment: Establishment, slug: str = "") -> Portal | None:
    """Return the portal that writes to a merchant: the one named, else the widest that shows it."""
    if slug:
        named = Portal.objects.open().filter(slug=slug).first()
        if named is not None:
            return named
    for portal in Portal.objects.open().filter(parent__isnull=True).order_by("pk"):
        if Establishment.objects.on(portal).filter(pk=establishment.pk).exists():
            return portal
    return None
