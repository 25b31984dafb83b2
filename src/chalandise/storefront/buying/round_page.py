"""A proposed round on the page: a press that fills the choices, the list and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chalandise.storefront.buying.round_choices import ProposedRound
from chalandise.storefront.rounds import draw_round
from chalandise.web.formatting import clock, near_day
from chalandise.web.moulds import fill_in

_NOON, _EVENING = 12, 18


def draw_rounds(rounds: Sequence[ProposedRound], taken: str, *, at: datetime) -> list[SafeString]:
    """Draw the rounds that are proposed; of the one that was taken, the picture too."""
    return [_draw(one, is_taken=one.on.isoformat() == taken, at=at) for one in rounds]


def _draw(one: ProposedRound, *, is_taken: bool, at: datetime) -> SafeString:
    visits = one.plan.visits
    first = one.calls[visits[0].stop.key]
    with timezone.override(ZoneInfo(first.way.timezone)):
        day = near_day(one.on, timezone.localtime(at).date())
        return fill_in(
            "storefront/checkout/_round.html",
            same={"is_taken": is_taken},
            own={
                "key": one.on.isoformat(),
                "title": _title(day, visits[0].begins_at, one.plan.ends_at),
                "ends": clock(one.plan.ends_at),
                "visits": [
                    (clock(visit.begins_at), one.calls[visit.stop.key].shop.name)
                    for visit in visits
                ],
                "picture": _picture(one) if is_taken else "",
            },
        )


def _picture(one: ProposedRound) -> SafeString:
    communes = [call.shop.commune_id for call in one.calls.values()]
    drawing = draw_round(one.plan.visits, communes)
    if drawing is None:
        return SafeString()
    return render_to_string("storefront/orders/_round_drawing.html", {"drawing": drawing})


def _title(day: str, begins: datetime, ends: datetime) -> str:
    begins, ends = timezone.localtime(begins), timezone.localtime(ends)
    if ends.hour < _NOON:
        return _("Collect everything %(day)s, in the morning") % {"day": day}
    if begins.hour >= _EVENING:
        return _("Collect everything %(day)s, in the evening") % {"day": day}
    if begins.hour >= _NOON:
        return _("Collect everything %(day)s, in the afternoon") % {"day": day}
    return _("Collect everything %(day)s") % {"day": day}
