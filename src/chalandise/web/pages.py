"""Whole pages from moulds: the shell with a page in it, drawn once for each shape.

What the shell needs of the request is added here, so that a page names only what is its own. The
pages that are read most are made this way; the others use Django's `render`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse

from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address
from chalandise.web.context import this_address
from chalandise.web.drawing import draw_notices
from chalandise.web.moulds import Made, Own, fill_in
from chalandise.web.request import PortalRequest


@dataclass(frozen=True)
class PortalShown:
    """What the shell shows of a portal beside its identity."""

    pk: int
    slug: str
    name: str
    parent_id: int | None

    @classmethod
    def of(cls, portal: Portal) -> PortalShown:
        """Take the values of a portal."""
        return cls(portal.pk, portal.slug, portal.name, portal.parent_id)


def render_page(
    request: PortalRequest,
    template: str,
    *,
    same: Mapping[str, Hashable],
    own: Mapping[str, Own],
    made: Made | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with a page from its mould; see `fill_in` for ``same``, ``own`` and ``made``.

    The template sees the portal and its identity too, but neither the request nor who asks.
    """
    shell = {
        "identity": request.identity,
        "portal": PortalShown.of(request.portal),
        "root_portal": PortalShown.of(request.root_portal),
        "site_address": base_address(request.root_portal),
    }
    here = {"this_address": this_address(request), "notices": draw_notices(request)}
    page = fill_in(template, same={**shell, **same}, own={**here, **own}, made=made)
    return HttpResponse(page, status=status)
