"""The desk: who works, for which portal, with which roles.

Each page of the console is a function behind `desk_page`, which names the roles it is for. A
signed-out visitor goes to the sign-in page; everybody else who may not is told that the page does
not exist, as for one that is absent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from chalandise.accounts.models import User
from chalandise.directory.states import SourceKind
from chalandise.directory.values import SourceRef
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.portals.policies import ANY_ROLE, portals_of, roles_in
from chalandise.portals.queries import identity_of, list_descendant_ids
from chalandise.portals.states import StaffRole
from chalandise.web.request import MemberRequest
from chalandise.web.stand_in import current_stand_in

logger = logging.getLogger(__name__)
P = ParamSpec("P")
CHOSEN = "console_portal"  # the key of the session


@dataclass(frozen=True)
class Desk:
    """Somebody at work for a portal.

    Attributes:
        user: who.
        portal: the portal they work for now; what stands below it is theirs too.
        portals: every portal they may work for, by name.
        roles: what they are in ``portal``.
    """

    user: User
    portal: Portal
    portals: tuple[Portal, ...]
    roles: frozenset[StaffRole]

    def may(self, roles: frozenset[StaffRole]) -> bool:
        """Tell whether one of ``roles`` is held."""
        return bool(self.roles & roles)

    @property
    def actor(self) -> Actor:
        """The person as the journal names an agent."""
        return Actor.agent(self.user)

    @property
    def portal_ids(self) -> list[int]:
        """The portal and all below it; one query a level."""
        return list_descendant_ids(self.portal)

    def source(self) -> SourceRef:
        """The operator as the source of a fact; one query a level of the portal."""
        identity = identity_of(self.portal)
        return SourceRef(SourceKind.OPERATOR, identity.operator_name or self.portal.name)


class DeskRequest(MemberRequest):
    """A request of a member of staff."""

    desk: Desk


def find_desk(request: HttpRequest) -> Desk | None:
    """Return the desk of whoever asks, none for strangers; remembered on the request.

    The portal chosen last comes first, then the one whose address is asked for, then the highest.
    """
    if hasattr(request, "desk"):
        found: Desk | None = request.desk
        return found
    desk = _find(request)
    request.desk = desk  # type: ignore[attr-defined] # see DeskRequest
    return desk


def _find(request: HttpRequest) -> Desk | None:
    user = request.user
    if not isinstance(user, User):
        return None
    portals = tuple(portals_of(user))
    if not portals:
        return None
    by_pk = {portal.pk: portal for portal in portals}
    here = getattr(request, "portal", None)
    wanted = (request.session.get(CHOSEN), here.pk if here is not None else None)
    chosen = next((by_pk[pk] for pk in wanted if pk in by_pk), None) or _highest(portals)
    return Desk(user, chosen, portals, roles_in(user, chosen))


def _highest(portals: tuple[Portal, ...]) -> Portal:
    known = {portal.pk for portal in portals}
    return next((one for one in portals if one.parent_id not in known), portals[0])


View = Callable[Concatenate[Any, P], HttpResponseBase]


def desk_page(roles: frozenset[StaffRole] = ANY_ROLE) -> Callable[[View[P]], View[P]]:
    """Let a page be opened by who holds one of ``roles`` in the portal they work for."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            desk = find_desk(request)
            if desk is None or not desk.may(roles):
                logger.warning("console: %s refused to user %s", request.path, request.user.pk)
                raise Http404
            request.stand_in = current_stand_in(request)  # shown above every page
            try:
                return view(request, *args, **kwargs)
            except NotFoundError as error:
                raise Http404 from error

        return cast("View[P]", guarded)

    return decorate


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with a page around its ``form``: 422 where that comes back with something to mend."""
    return render(request, template, context, status=422 if context["form"].is_bound else 200)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the sign-in page, and back here afterwards."""
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
