"""Moments, said the way a person in France says them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def moment(text: str, zone: str = "Europe/Paris") -> datetime:
    """`"2026-11-18 10:30"` on the clock of a zone, as an aware instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
