"""Every open portal in memory, read again when something changed."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from chalandise.portals.addresses import own_host
from chalandise.portals.models import Portal
from chalandise.portals.queries import Identity, identity_of
from chalandise.web.freshness import version


@dataclass(frozen=True)
class Place:
    """One portal and what a page needs to know of it."""

    portal: Portal
    identity: Identity
    root: Portal


@dataclass(frozen=True)
class PortalMap:
    """Open portals by host and by slug."""

    by_host: dict[str, Place]
    by_slug: dict[str, Place]
    default: Place | None

    def at_host(self, host: str) -> Place | None:
        """Return the portal that owns ``host``, or the default one where that is allowed."""
        return self.by_host.get(host) or (self.default if host in _default_hosts() else None)

    def below(self, root: Portal, slug: str) -> Place | None:
        """Return the portal ``slug`` when it stands below ``root``."""
        place = self.by_slug.get(slug)
        return place if place is not None and place.root.pk == root.pk else None


_lock = Lock()
_known: tuple[object, PortalMap] | None = None


def portal_map() -> PortalMap:
    """Return the map, at most half a second older than the last change."""
    global _known
    now = version()
    known = _known
    if known is not None and known[0] == now:
        return known[1]
    with _lock:
        fresh = _read()
        _known = (now, fresh)
    return fresh


def _read() -> PortalMap:
    portals = {p.pk: p for p in Portal.objects.open().prefetch_related("scope")}
    for portal in portals.values():
        scope = sorted(portal.scope.all(), key=lambda one: one.key)
        portal._scope_keys = [one.key for one in scope]  # type: ignore[attr-defined]
        if scope:
            portal._timezone = scope[0].timezone  # type: ignore[attr-defined]
        if portal.parent_id in portals:
            portal.parent = portals[portal.parent_id]
    places = {p.pk: Place(p, identity_of(p), _root(p)) for p in portals.values()}
    default = next(
        (one for one in places.values() if one.portal.slug == settings.DEFAULT_PORTAL),
        min(
            (one for one in places.values() if one.portal.parent_id is None),
            key=lambda one: one.portal.pk,
            default=None,
        ),
    )
    return PortalMap(
        by_host={one.portal.host: one for one in places.values() if one.portal.host},
        by_slug={one.portal.slug: one for one in places.values()},
        default=default,
    )


def _root(portal: Portal) -> Portal:
    """Return the nearest portal upwards, itself included, that owns a host, else the topmost."""
    while not portal.host and portal.parent is not None:
        portal = portal.parent
    return portal


def _default_hosts() -> set[str]:
    own = own_host()
    return (
        {own, "localhost", "127.0.0.1", "[::1]", "testserver"} if not settings.PRODUCTION else {own}
    )
