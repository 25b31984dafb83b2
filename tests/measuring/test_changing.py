"""A change that is found late misses its budget, and says so."""

from bench.changing import CHANGED
from bench.figures import Figure, Measures
from bench.loadclient import Tally
from bench.report import tables, verdicts
from bench.scratch import Done


def measured(*milliseconds: float) -> Measures:
    steps = dict.fromkeys(("import SIRENE", "import OSM", "index"), Done(1.0, 1.0, 100.0, ""))
    return Measures(
        1000, steps=steps, figures={("page floor", 8): Figure()}, changed=Tally([*milliseconds])
    )


def test_a_change_found_within_the_second_is_kept_and_one_after_it_is_told() -> None:
    assert list(verdicts([measured(200, 999)])) == []
    assert list(verdicts([measured(200, 1200)])) == [f"1,000: {CHANGED} after 1200 ms, budget 1000"]


def test_the_table_of_changes_stands_only_where_there_were_some() -> None:
    assert f"| {CHANGED} | 3 | 300 / 400 | 400 | 1000 |" in tables([measured(200, 300, 400)])
    assert CHANGED not in tables([measured()])
