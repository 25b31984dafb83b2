"""How far we agree with the references: shares that may rise and never fall.

`scripts/hours_agreement.py` prints the table and the cases. "Wrong" is never tolerated: what we
do not read as the reference does, we refuse or repair by name.
"""

import pytest
from scripts import hours_agreement as measures
from scripts.hours_agreement import AGREE, FOREIGN, IGNORED, NOT_TEXT, REFUSED, SILENT, WRONG
from scripts.hours_agreement import TIMETABLE as POINTS
from tests.shared_data import shared_data

# measure: cases, those that must at least agree, those that may at most be refused
FLOORS = {
    "intervals": (543, 363, 81),
    "should_fail": (53, 39, 0),
    "should_warn": (68, 13, 38),
    "prettify": (18, 9, 2),
    "next_change": (3, 3, 0),
    "osm_fr_opening_hours_strings": (383, 380, 3),
    "opening_hours_rs_sample": (195, 190, 5),
    "mairies_horaires": (3892, 3891, 1),
}
# The most that may be set aside, with the reason; the rest has to be answered.
APART = {
    "intervals": {FOREIGN: 71, POINTS: 19, IGNORED: 7},
    "should_fail": {NOT_TEXT: 14},
    "should_warn": {IGNORED: 4, SILENT: 13},
    "prettify": {NOT_TEXT: 5},
}


@shared_data("horaires")
@pytest.mark.shared_data
@pytest.mark.parametrize("measure", measures.REPORTS, ids=lambda measure: measure.__name__)
def test_agreement_with_the_references_does_not_fall(measure):
    report = measure()
    cases, agreeing, refused = FLOORS[report.title]
    assert [case for case in report.cases if case[0] == WRONG] == []
    assert report.counts.total() == cases
    assert report.counts[AGREE] >= agreeing
    assert report.counts[REFUSED] <= refused
    for outcome, most in APART.get(report.title, {}).items():
        assert report.counts[outcome] <= most


@shared_data("horaires")
@pytest.mark.shared_data
def test_the_two_known_traps_are_repaired_or_refused():
    outcomes = {value: outcome for outcome, value, _ in measures.intervals().cases}
    assert outcomes["Mo, Tu, We, Th, Fr, Su 11:00-01:00; Sa 11:00-02:00"] == measures.REPAIRED
    assert outcomes["Mo-Fr 10:00-16:00/01:30"] == POINTS
