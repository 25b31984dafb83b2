"""A proposed round on the page: a press that fills the choices, the list and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chalandise.logistics.plan import Visit
from chalandise.ordering.states import WayKind
from chalandise.portals.models import Portal
from chalandise.storefront.buying.round_choices import ProposedRound
from chalandise.storefront.round_map import Told, picture_of
from chalandise.web.formatting import clock, near_day
from chalandise.web.moulds import fill_in

_NOON, _EVENING = 12, 18


def draw_rounds(
    rounds: Sequence[ProposedRound], taken: str, *, portal: Portal, at: datetime
) -> list[SafeString]:
    """Draw the rounds that are proposed; of the one that was taken, the picture and map too."""
    return [
        _draw(one, is_taken=one.on.isoformat() == taken, portal=portal, at=at) for one in rounds
    ]


def _draw(one: ProposedRound, *, is_taken: bool, portal: Portal, at: datetime) -> SafeString:
    visits = one.plan.visits
    first = one.calls[visits[0].stop.key]
    with timezone.override(ZoneInfo(first.way.timezone)):
        day = near_day(one.on, timezone.localtime(at).date())
        told = [_told(one, visit) for visit in visits]
        return fill_in(
            "storefront/checkout/_round.html",
            same={"is_taken": is_taken},
            own={
                "key": one.on.isoformat(),
                "title": _title(day, visits[0].begins_at, one.plan.ends_at),
                "ends": clock(one.plan.ends_at),
                "visits": [(said.time, said.name) for said in told],
                "picture": _picture(one, told, portal) if is_taken else "",
            },
        )


def _told(one: ProposedRound, visit: Visit) -> Told:
    call = one.calls[visit.stop.key]
    place = call.way.label if call.way.kind == WayKind.POINT else ""
    where = ", ".join(one for one in (place, call.way.address) if one)
    return Told(clock(visit.begins_at), call.shop.name, where)


def _picture(one: ProposedRound, told: Sequence[Told], portal: Portal) -> SafeString:
    communes = [call.shop.commune_id for call in one.calls.values()]
    return picture_of(one.plan.visits, told, communes, portal=portal)


def _title(day: str, begins: datetime, ends: datetime) -> str:
    begins, ends = timezone.localtime(begins), timezone.localtime(ends)
    if ends.hour < _NOON:
        return _("Collect everything %(day)s, in the morning") % {"day": day}
    if begins.hour >= _EVENING:
        return _("Collect everything %(day)s, in the evening") % {"day": day}
    if begins.hour >= _NOON:
        return _("Collect everything %(day)s, in the afternoon") % {"day": day}
    return _("Collect everything %(day)s") % {"day": day}
