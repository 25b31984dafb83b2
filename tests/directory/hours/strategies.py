"""Random weeks and values for the property tests."""

from hypothesis import strategies as st

from chalandise.directory.hours import WeeklyHours
from chalandise.directory.hours.printing import WEEKDAYS, clock

MINUTES_IN_QUARTERS = st.integers(0, 95).map(lambda quarter: quarter * 15)


@st.composite
def day_ranges(draw):
    """Up to three ranges of one day, apart from each other."""
    edges = sorted(draw(st.sets(MINUTES_IN_QUARTERS, max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def weeks(draw):
    """A week, sometimes with a last range that ends in the night."""
    days = [draw(day_ranges()) for _ in range(7)]
    for index, ranges in enumerate(days):
        after = days[(index + 1) % 7]
        if ranges and draw(st.booleans()):
            latest = min([start for start, _ in after[:1]] + [360]) - 15
            start = ranges[-1][0]
            if latest > 0:
                night = draw(st.integers(1, latest // 15 or 1)) * 15
                if night < start and night <= latest:
                    days[index] = (*ranges[:-1], (start, 1440 + night))
    holidays = draw(st.one_of(st.none(), st.just(()), day_ranges().filter(bool)))
    return WeeklyHours(tuple(days), holidays)


@st.composite
def rules(draw):
    """One rule in OSM syntax, sometimes rich."""
    season = draw(st.sampled_from(["", "", "", "Jul-Aug ", "Dec 24-Jan 02 ", "week 01-53/2 "]))
    first, last = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    days = draw(
        st.sampled_from([f"{WEEKDAYS[first]}-{WEEKDAYS[last]}", WEEKDAYS[first], "PH", "SH"])
    )
    if draw(st.integers(0, 4)) == 0:
        return f"{season}{days} off"
    start = draw(MINUTES_IN_QUARTERS)
    end = draw(MINUTES_IN_QUARTERS.filter(lambda minute: minute != start))
    tail = draw(st.sampled_from(["", "", "+", ' unknown "sur appel"']))
    return f"{season}{days} {clock(start)}-{clock(end)}{tail}"


@st.composite
def values(draw):
    """A value of one to four rules."""
    found = draw(st.lists(rules(), min_size=1, max_size=4))
    text = found[0]
    for rule in found[1:]:
        text += draw(st.sampled_from(["; ", "; ", ", ", " || "])) + rule
    return text
