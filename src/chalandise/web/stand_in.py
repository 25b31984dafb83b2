"""The counter an agent sits at, if any: kept in the session by its number, checked at each request.

Role, scope, time, the merchant's place in the shop: each is asked again whenever a page opens, so
that nothing outlives what it rests on.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from chalandise.accounts.models import User
from chalandise.directory.errors import NobodyToStandInForError, StaffShopError
from chalandise.directory.models import StandIn
from chalandise.directory.policies import require_may_stand_in
from chalandise.directory.queries.stand_ins import find_stand_in, is_running
from chalandise.kernel.errors import NotFoundError

KEY = "stand_in"  # of the session


def sit_down(request: HttpRequest, stand_in: StandIn) -> None:
    """Remember in this browser that its agent sits at a counter."""
    request.session[KEY] = stand_in.pk


def stand_up(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(KEY, None)


def last_stand_in(request: HttpRequest) -> StandIn | None:
    """Return the session this browser remembers, running or over; no query without one."""
    user = request.user
    number = request.session.get(KEY)
    if number is None or not isinstance(user, User):
        return None
    return find_stand_in(user, number)


def current_stand_in(request: HttpRequest) -> StandIn | None:
    """Return the session that stands this very moment."""
    found = last_stand_in(request)
    if found is None or not is_running(found, at=timezone.now()):
        return None
    try:
        merchant = require_may_stand_in(found.agent, found.establishment, portal=found.portal)
    except (NotFoundError, NobodyToStandInForError, StaffShopError):
        return None
    return found if merchant.pk == found.merchant_id else None
