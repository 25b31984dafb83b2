"""Appointments as calendars read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from tests.clock import moment

from chalandise.logistics.ical import Appointment, calendar_of

NOW = moment("2026-11-18 09:00")


def appointment(when: str, zone: str = "Europe/Paris", **fields: object) -> Appointment:
    starts_at = moment(when, zone)
    return Appointment(
        uid="retrait-1@exemple.test",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        timezone=zone,
        title="Retrait : Au Pain de Chanvre",
        **fields,  # type: ignore[arg-type]
    )


def test_an_appointment_stands_on_the_wall_clock_of_its_place() -> None:
    written = calendar_of(
        [
            appointment(
                "2026-11-18 10:00",
                place="1 rue du Marché; 46000 Cahors, France",
                text="Code 4242\nÀ régler sur place",
                url="https://exemple.test/c/abc",
                latitude=44.4475,
                longitude=1.4419,
            )
        ],
        name="Mes retraits",
        at=NOW,
    )
    assert b"DTSTART;TZID=Europe/Paris:20261118T100000\r\n" in written
    assert b"DTEND;TZID=Europe/Paris:20261118T103000\r\n" in written
    assert b"DTSTAMP:20261118T080000Z\r\n" in written
    assert b"GEO:44.4475;1.4419" in written
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    event = Calendar.from_ical(written).walk("VEVENT")[0]
    assert str(event["location"]) == "1 rue du Marché; 46000 Cahors, France"
    assert str(event["description"]) == "Code 4242\nÀ régler sur place"
    assert event.walk("VALARM")[0]["trigger"].dt == timedelta(minutes=-30)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            "Europe/Paris",
            [
                ("STANDARD", "20260101T000000", "+0100", "+0100"),
                ("DAYLIGHT", "20260329T020000", "+0100", "+0200"),
                ("STANDARD", "20261025T030000", "+0200", "+0100"),
            ],
        ),
        (
            "America/Miquelon",
            [
                ("STANDARD", "20260101T000000", "-0300", "-0300"),
                ("DAYLIGHT", "20260308T020000", "-0300", "-0200"),
                ("STANDARD", "20261101T020000", "-0200", "-0300"),
            ],
        ),
        ("Indian/Reunion", [("STANDARD", "20260101T000000", "+0400", "+0400")]),
        ("Pacific/Marquesas", [("STANDARD", "20260101T000000", "-0930", "-0930")]),
    ],
)
def test_clocks_are_spelled_out_with_their_changes(
    zone: str, expected: list[tuple[str, str, str, str]]
) -> None:
    written = calendar_of([appointment("2026-06-01 10:00", zone)], name="x", at=NOW)
    clock = Calendar.from_ical(written).walk("VTIMEZONE")[0]
    assert str(clock["tzid"]) == zone
    told = [
        (
            part.name,
            part["dtstart"].to_ical().decode(),
            part["tzoffsetfrom"].to_ical(),
            part["tzoffsetto"].to_ical(),
        )
        for part in clock.subcomponents
    ]
    assert told == expected


@pytest.mark.parametrize("text", ["2026-10-25 02:30", "2026-03-29 03:00", "2026-12-31 23:45"])
def test_a_reader_without_our_clock_finds_the_same_instant(text: str) -> None:
    """Read the rules of the file as RFC 5545 asks: the last change no later than the wall time."""
    one = appointment(text)
    event = Calendar.from_ical(calendar_of([one], name="x", at=NOW))
    wall = event.walk("VEVENT")[0]["dtstart"].dt.replace(tzinfo=None)
    parts = event.walk("VTIMEZONE")[0].subcomponents
    offsets = [
        (part["dtstart"].dt.replace(tzinfo=None), part["tzoffsetto"].td)
        for part in parts
        if part["dtstart"].dt.replace(tzinfo=None) <= wall
    ]
    read = wall - max(offsets)[1]
    assert read == one.starts_at.replace(tzinfo=None)
    assert one.starts_at.astimezone(ZoneInfo("Europe/Paris")).replace(tzinfo=None) == wall


def test_nothing_is_an_empty_calendar() -> None:
    assert Calendar.from_ical(calendar_of([], name="x", at=NOW)).walk("VEVENT") == []


def test_a_name_cannot_break_out_of_its_line() -> None:
    hostile = "Pain\r\nEND:VEVENT\r\nBEGIN:VEVENT"
    one = appointment("2026-11-18 10:00")
    written = calendar_of([Appointment(**{**vars(one), "title": hostile})], name=hostile, at=NOW)
    assert written.count(b"\r\nBEGIN:VEVENT") == 1
    event = Calendar.from_ical(written).walk("VEVENT")[0]
    assert isinstance(event["dtstart"].dt, datetime)
