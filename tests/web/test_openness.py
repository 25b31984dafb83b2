"""One short sentence says whether to put on one's coat."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from chalandise.web.openness import say_status

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Status:
    is_open: bool
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    closing_soon: bool = False
    is_unknown: bool = False
    comment: str = ""
    holiday: str = ""


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


NOW = at(20, 11)  # a Friday


@pytest.mark.parametrize(
    ("status", "tone", "label", "detail"),
    [
        (None, "unknown", "Opening hours to be confirmed", ""),
        (Status(True, closes_at=at(20, 18, 30)), "open", "Open until 6:30\u00a0pm", ""),
        (Status(True, closes_at=at(20, 12), closing_soon=True), "closing", "Closes at noon", ""),
        (Status(True), "open", "Open", ""),
        (Status(True, closes_at=at(29, 12)), "open", "Open", ""),
        (Status(False), "closed", "Closed", ""),
        (
            Status(True, closes_at=at(20, 18, 30), holiday="Jour de l’an"),
            "open",
            "Open until 6:30\u00a0pm",
            "to be confirmed: public holiday",
        ),
        (
            Status(False, opens_at=at(21, 9), holiday="Jour de l’an"),
            "closed",
            "Closed",
            "opens tomorrow at 9\u00a0am, to be confirmed: public holiday",
        ),
        (
            Status(False, is_unknown=True, comment="sur rendez-vous"),
            "unknown",
            "Sur rendez-vous",
            "",
        ),
        (Status(False, is_unknown=True), "unknown", "Opening hours to be confirmed", ""),
        (Status(False, opens_at=at(20, 14)), "closed", "Closed", "opens at 2\u00a0pm"),
        (Status(False, opens_at=at(21, 9)), "closed", "Closed", "opens tomorrow at 9\u00a0am"),
        (Status(False, opens_at=at(23, 9)), "closed", "Closed", "opens on Monday at 9\u00a0am"),
        (Status(False, opens_at=at(30, 9)), "closed", "Closed", "opens on the 30\u00a0November"),
    ],
)
def test_the_sentence_says_what_to_do(
    status: Status | None, tone: str, label: str, detail: str
) -> None:
    said = say_status(status, at=NOW)
    assert (said.tone, said.label, said.detail) == (tone, label, detail)


def test_the_hours_are_those_of_the_shop_not_of_the_reader() -> None:
    noon_in_paris = at(20, 12)
    status = Status(is_open=True, closes_at=at(20, 17))
    said = say_status(status, at=noon_in_paris, zone="America/Guadeloupe")
    assert said.label == "Open until noon"
