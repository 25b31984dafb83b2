"""What a list of rules makes of one day: segments in order, laid one over another.

The semantics are those of the reference implementation, opening_hours.js: a normal rule that
opens replaces what earlier rules said of its days, an additional rule adds to it, an "off" rule
takes its own times away, a fallback fills what is still closed. The part of a rule that runs past
midnight shows on the next day and is replaced by a later rule for that day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from .matching import rule_applies
from .syntax import DAY_MINUTES, Joiner, Rule, Span, State


@dataclass(frozen=True)
class Segment:
    """A piece of one day, `[start, end)` in minutes of wall time."""

    start: int
    end: int
    state: State
    comment: str = ""


# a rule, its times, and by how much they are shifted (a day back for last night's)
Layer = tuple[Rule, tuple[Span, ...], int]


def paint_day(
    rules: tuple[Rule, ...],
    on: date,
    zone: str,
    *,
    school: bool = False,
    own: bool = True,
    spill: bool = True,
) -> tuple[Segment, ...]:
    """The open and unknown segments of a date.

    `own` and `spill` say whether hours that begin that day, and hours that ran over from the
    evening before, count: an exceptional closing cancels the one and not the other.
    """
    before = on - timedelta(days=1)
    layers: list[Layer] = []
    for index, rule in enumerate(rules):
        if own and rule_applies(rule, on, zone, school=school):
            if _replaces(rules, index):
                layers.clear()
            layers.append((rule, rule.spans or (Span(0, DAY_MINUTES),), 0))
        if spill and rule.crosses_midnight and rule_applies(rule, before, zone, school=school):
            layers.append((rule, rule.spans, DAY_MINUTES))
    segments: list[Segment] = []
    for rule, spans, shift in layers:
        segments = _lay(segments, rule, spans, shift)
    return tuple(segment for segment in _joined(segments) if segment.state is not State.CLOSED)


def _replaces(rules: tuple[Rule, ...], index: int) -> bool:
    rule = rules[index]
    return (
        rule.joiner is Joiner.NORMAL
        and rule.state is not State.CLOSED
        and (
            rule.has_selectors
            or (index > 0 and rule.state is State.OPEN and not rules[index - 1].has_selectors)
        )
    )


def _lay(segments: list[Segment], rule: Rule, spans: tuple[Span, ...], shift: int) -> list[Segment]:
    for span in spans:
        pieces = [Segment(span.start, span.end, rule.state, rule.comment)]
        if span.is_open_ended:
            guess = _guessed_end(span.end)
            pieces.append(Segment(span.end, guess, _guessed_state(rule.state), rule.comment))
        for piece in pieces:
            start, end = max(piece.start - shift, 0), min(piece.end - shift, DAY_MINUTES)
            if start < end:
                clipped = Segment(start, end, piece.state, piece.comment)
                segments = _over(segments, clipped, under=rule.joiner is Joiner.FALLBACK)
    return segments


def _guessed_state(state: State) -> State:
    return State.CLOSED if state is State.CLOSED else State.UNKNOWN


def _guessed_end(start: int) -> int:
    """Until when an open end may last: the guess of opening_hours.js, shown as unknown."""
    if start >= 22 * 60:
        return start + 8 * 60
    if start >= 17 * 60:
        return start + 10 * 60
    return DAY_MINUTES


def _over(segments: list[Segment], new: Segment, *, under: bool) -> list[Segment]:
    """Lay a segment over the others, or under those that are not closed."""
    if under:
        gaps = [new]
        for old in segments:
            if old.state is not State.CLOSED:
                gaps = [piece for gap in gaps for piece in _minus(gap, old)]
        for gap in gaps:
            segments = _over(segments, gap, under=False)
        return segments
    kept = [piece for old in segments for piece in _minus(old, new)]
    return sorted([*kept, new], key=lambda segment: segment.start)


def _minus(old: Segment, new: Segment) -> list[Segment]:
    if new.end <= old.start or old.end <= new.start:
        return [old]
    pieces = []
    if old.start < new.start:
        pieces.append(Segment(old.start, new.start, old.state, old.comment))
    if new.end < old.end:
        pieces.append(Segment(new.end, old.end, old.state, old.comment))
    return pieces


def _joined(segments: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        if (
            joined
            and joined[-1].end == segment.start
            and (
                joined[-1].state,
                joined[-1].comment,
            )
            == (segment.state, segment.comment)
        ):
            joined[-1] = Segment(joined[-1].start, segment.end, segment.state, segment.comment)
        else:
            joined.append(segment)
    return joined


def doubtful(sure: tuple[Segment, ...], other: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Two readings of a day made one: where they differ, nobody knows.

    Used for school holidays, whose dates we do not have: one reading supposes the day is one,
    the other that it is not.
    """
    if sure == other:
        return sure
    edges = sorted({edge for seg in (*sure, *other) for edge in (seg.start, seg.end)})
    merged: list[Segment] = []
    for start, end in pairwise(edges):
        first, second = _at(sure, start), _at(other, start)
        if first is second is None:
            continue
        if first is not None and second is not None and first.state is second.state:
            merged.append(Segment(start, end, first.state, first.comment))
        else:
            known = first or second
            merged.append(Segment(start, end, State.UNKNOWN, known.comment if known else ""))
    return tuple(_joined(merged))


def _at(segments: tuple[Segment, ...], minute: int) -> Segment | None:
    return next((seg for seg in segments if seg.start <= minute < seg.end), None)
