"""The request as every view gets it, and who is behind it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

from chalandise.accounts.models import User
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal
from chalandise.portals.queries import Identity


class PortalRequest(HttpRequest):
    """A request whose portal is known.

    Attributes:
        portal: the portal or sub-portal whose page is asked for.
        root_portal: the portal that owns the host.
        identity: what the portal shows of itself, blanks inherited.
    """

    portal: Portal
    root_portal: Portal
    identity: Identity


class MemberRequest(PortalRequest):
    """A request of a signed-in person."""

    user: User


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, by which what one connection may do is counted.

    ``X-Forwarded-For`` is believed only for as many proxies as the settings trust, counted from
    the right: what a caller writes further left is never read.
    """
    hops = int(settings.TRUSTED_PROXY_COUNT)
    if hops:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(forwarded) >= hops and forwarded[-hops].strip():
            return _of_connection(forwarded[-hops].strip())
    return _of_connection(str(request.META.get("REMOTE_ADDR", "")))


@lru_cache(maxsize=1024)
def _of_connection(address: str) -> str:
    """Return an address as all of its connection share it.

    With IPv6 a subscriber has 2⁶⁴ addresses at least, and could give each attempt one of its own: they
    count as one network.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return f"{IPv6Address(int(known) >> 64 << 64)}/64"


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts: the signed-in person, or a guest."""
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return Actor.person(user)
    return Actor.guest("visiteur")
