"""Until when a customer may withdraw: fourteen days, counted as European law counts.

Article L221-18 gives fourteen days from the receipt of the goods (from the contract, for a
service). Regulation 1182/71, to which L221-19 refers, says how: the day of the event is not
counted, a period in days ends with the last hour of its last day, and one that would end on a
Saturday, a Sunday or a public holiday ends with the next working day.

A loaf received on Tuesday 1 December 2026 at nine may be given back until Tuesday 15 December at
midnight; a vase received on Friday 11 December would end on Christmas Day, a Friday, and so ends
on Monday 28 December.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalandise.kernel.holidays import is_public_holiday

DAYS = 14
REFUND_DAYS = 14
_SATURDAY = 5


def last_day(event_on: date, *, holiday_zone: str) -> date:
    """Return the last day on which the customer may withdraw.

    Args:
        event_on: the local day of the receipt, or of the contract for a service.
        holiday_zone: whose public holidays count, as `kernel.holidays` names them.
    """
    day = event_on + timedelta(days=DAYS)
    while day.weekday() >= _SATURDAY or is_public_holiday(holiday_zone, day):
        day += timedelta(days=1)
    return day


def last_day_after(event_at: datetime, *, timezone: str, holiday_zone: str) -> date:
    """Return the last day, for an event known to the second, by the calendar of its place."""
    return last_day(event_at.astimezone(ZoneInfo(timezone)).date(), holiday_zone=holiday_zone)


def is_running(
    event_at: datetime | None, *, at: datetime, timezone: str, holiday_zone: str
) -> bool:
    """Tell whether the customer may still withdraw at ``at``; always before the event."""
    if event_at is None:
        return True
    today = at.astimezone(ZoneInfo(timezone)).date()
    return today <= last_day_after(event_at, timezone=timezone, holiday_zone=holiday_zone)


def refund_due(confirmed_at: datetime, *, timezone: str) -> date:
    """Return the day by which the money is back: fourteen days after the merchant is told."""
    return confirmed_at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=REFUND_DAYS)
