"""Absolute addresses: where a page lives for search engines and for people who share it.

They are built from the portal's own host, never from the request: a forged Host header must not
travel into a canonical address.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.urls import get_script_prefix, reverse

from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address, lineage
from chalandise.web.cards import PictureView
from chalandise.web.request import PortalRequest


def path_of(name: str, *args: str) -> str:
    """Return the path of a named page on the portal that is asked, remembered.

    ``args`` are few: the key of a category, not that of a shop.
    """
    return _path_of(get_script_prefix(), name, args)


@lru_cache(maxsize=4096)
def _path_of(prefix: str, name: str, args: tuple[str, ...]) -> str:
    del prefix  # part of the key: every path begins with it
    return reverse(name, args=args)


def root_base(request: PortalRequest) -> str:
    """Return the address of the topmost portal, where every sheet has its one true address."""
    return base_address(lineage(request.root_portal)[-1])


def canonical_here(request: PortalRequest, query: str = "") -> str:
    """Return the absolute address of the current page, with only the part of the query that counts."""
    path = request.path.removeprefix(get_script_prefix().rstrip("/"))
    return f"{base_address(request.portal)}{path}{f'?{query}' if query else ''}"


def canonical_of_shop(request: PortalRequest, shop: Establishment) -> str:
    """Return the one address of a sheet, whatever portal shows it."""
    return f"{root_base(request)}/commerces/{shop.slug}/"


def social_image(request: PortalRequest, pictures: Iterable[PictureView]) -> str:
    """Return the address of the first photograph, shown where a link is shared; blank without one."""
    found = next((one.plain for one in pictures if not one.is_illustration), "")
    return f"{root_base(request)}{found}" if found.startswith("/") else found


def home_of(request: PortalRequest, portal: Portal) -> str:
    """Return the path of the home page of a portal of the same host."""
    return "/" if portal.pk == request.root_portal.pk else f"/t/{portal.slug}/"
