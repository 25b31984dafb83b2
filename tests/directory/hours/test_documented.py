"""The worked examples of the documentation are what the code does."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalandise.directory.hours import Schedule, normalise

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "opening-hours.md"
LINES = PAGE.read_text(encoding="utf-8").splitlines()


def rows(header):
    start = next(index for index, line in enumerate(LINES) if line.startswith(header)) + 2
    for line in LINES[start:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r" \| ", line.strip("| "))]


@pytest.mark.parametrize(
    ("text", "value", "outcome"), [pytest.param(*row, id=row[0]) for row in rows("| text |")]
)
def test_a_documented_text_is_read_as_documented(text, value, outcome):
    normalised = normalise(text.strip("`"))
    named = set(re.findall(r"`([a-z_]+)`", outcome))
    if value == "–":
        assert normalised.problem is not None
        assert normalised.problem.code in named
    else:
        assert normalised.value == value.strip("`")
        assert named <= set(normalised.repairs)


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in rows("| value, Europe")])
def test_a_documented_change_of_clock_lasts_as_documented(row):
    value, day, _, hours = row
    names = {"March": 3, "October": 10}
    number, month, year = day.split()
    start = datetime(int(year), names[month], int(number), tzinfo=ZoneInfo("Europe/Paris"))
    [interval] = Schedule(value.strip("`")).intervals(start, start + timedelta(hours=36))
    lasted = interval.ends_at.timestamp() - interval.starts_at.timestamp()
    assert lasted == float(hours.replace("½", ".5")) * 3600
