"""The request as every view gets it, and who is behind it."""

from __future__ import annotations

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
    """Return the caller's address.

    ``X-Forwarded-For`` is believed only for as many proxies as the settings trust, counted from
    the right: what a caller writes further left is never read.
    """
    hops = int(settings.TRUSTED_PROXY_COUNT)
    if hops:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(forwarded) >= hops and forwarded[-hops].strip():
            return forwarded[-hops].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts: the signed-in person, or a guest."""
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return Actor.person(user)
    return Actor.guest("visiteur")
