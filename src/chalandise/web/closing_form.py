"""When a pooled point is closed although its hours say otherwise."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.logistics.models import PickupPoint, PointClosing
from chalandise.web.formatting import calendar_day, clock

NOON = time(13)
DAY, MORNING, AFTERNOON = "day", "morning", "afternoon"


class ClosingForm(forms.Form):
    """A day, some days, a morning or an afternoon, and why."""

    starts_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until (the last day)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    half = forms.ChoiceField(
        label=gettext_lazy("How long?"),
        choices=[
            (DAY, gettext_lazy("All day")),
            (MORNING, gettext_lazy("In the morning, until 1 p.m.")),
            (AFTERNOON, gettext_lazy("In the afternoon, from 1 p.m.")),
        ],
        initial=DAY,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, in a few words"),
        help_text=gettext_lazy("The customers concerned read it."),
        required=False,
        max_length=120,
    )

    def __init__(self, data: Any, *, point: PickupPoint) -> None:
        super().__init__(data)
        self._zone = ZoneInfo(point.timezone)

    @override
    def clean(self) -> dict[str, Any]:
        """Read the days and the half as a stretch of time on the point's clock."""
        said = super().clean() or {}
        first = said.get("starts_on")
        if first is None:
            return said
        last, half = said.get("ends_on") or first, said.get("half") or DAY
        if last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        elif half != DAY and last != first:
            self.add_error("half", _("Half a day is of one day: say each by itself."))
        else:
            begins = NOON if half == AFTERNOON else time()
            ends = datetime.combine(last + timedelta(days=1), time(), self._zone)
            if half == MORNING:
                ends = datetime.combine(first, NOON, self._zone)
            said["starts_at"] = datetime.combine(first, begins, self._zone)
            said["ends_at"] = ends
        return said


def closing_said(closing: PointClosing, point: PickupPoint) -> str:
    """Say when a point is closed, on its own clock."""
    zone = ZoneInfo(point.timezone)
    begins, ends = closing.starts_at.astimezone(zone), closing.ends_at.astimezone(zone)
    last = (ends - timedelta(seconds=1)).date()
    words = {"day": calendar_day(begins.date(), "weekday")}
    if begins.time() != time():
        return _("%(day)s, from %(time)s") % {**words, "time": clock(begins.time())}
    if ends.time() != time():
        return _("%(day)s, until %(time)s") % {**words, "time": clock(ends.time())}
    if last == begins.date():
        return words["day"]
    return _("From %(from)s to %(to)s") % {
        "from": calendar_day(begins.date(), "day"),
        "to": calendar_day(last, "day"),
    }
