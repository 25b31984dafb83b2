"""Which portal a request asks: the one that answers, or one below it."""

from __future__ import annotations

from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.web.portal_map import portal_map
from chalandise.web.request import PortalRequest


def portal_of(request: PortalRequest, slug: str | None) -> Portal:
    """Return the portal that ``slug`` names at or below the one that answers; no query.

    Raises:
        NotFoundError: no portal of that name stands there.
    """
    if slug is None or slug == request.portal.slug:
        return request.portal
    place = portal_map().by_slug.get(slug)
    if place is not None:
        above: Portal | None = place.portal
        while above is not None:
            if above.pk == request.portal.pk:
                return place.portal
            above = above.parent
    raise NotFoundError
