"""From tokens to rules: the grammar of OSM `opening_hours`, and the slips people make in it."""

from dataclasses import replace

from .lexing import Lexer, Token
from .problems import HoursError, ProblemCode
from .selecting import SELECTOR_KINDS, SelectorReader
from .syntax import DAY_MINUTES, Joiner, Rule, Span, State, Weekdays, weekdays_of
from .tokens import Cursor

_END = Token("end", "", "")
_SEPARATORS = frozenset({";", "||", "end"})


def parse(text: str) -> tuple[tuple[Rule, ...], list[str]]:
    """The rules of a text and the repairs it took; `HoursError` when it cannot be read."""
    lexer = Lexer(text)
    parser = _Parser(Cursor(lexer.tokens, lexer.repair))
    rules = parser.rules()
    if not rules:
        raise HoursError(ProblemCode.EMPTY)
    return rules, lexer.repairs


class _Draft(SelectorReader):
    """A rule in the making."""

    def __init__(self, cursor: Cursor, joiner: Joiner) -> None:
        super().__init__(cursor)
        self.joiner = joiner
        self.spans: list[Span] = []
        self.state: State | None = None
        self.comment = ""
        self.is_always = False

    @property
    def is_said(self) -> bool:
        """Whether times or a state have been read."""
        return bool(self.spans) or self.state is not None or self.is_always

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all has been read."""
        return not (self.is_said or self.has_selectors or self.comment)

    def rule(self) -> Rule:
        """The finished rule; a comment alone means that one has to ask."""
        state = self.state
        if state is None:
            state = State.UNKNOWN if self.comment else State.OPEN
        return Rule(
            joiner=self.joiner,
            years=tuple(self.years),
            dates=tuple(self.dates),
            weeks=tuple(self.weeks),
            days=tuple(tuple(group) for group in self.days),
            spans=tuple(self.spans),
            state=state,
            comment=self.comment,
            is_always=self.is_always and not self.has_selectors,
        )


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.joiner = Joiner.NORMAL

    def rules(self) -> tuple[Rule, ...]:
        found: list[Rule] = []
        cursor = self.cursor
        while cursor.peek().kind != "end":
            kind = cursor.peek().kind
            if kind in {";", "||", ","}:
                self._separator(kind, is_first=not found)
                continue
            draft = self._rule()
            if draft.is_empty:
                raise HoursError(ProblemCode.UNEXPECTED, cursor.peek().text)
            if self._is_bare_split and not draft.is_said:
                raise HoursError(ProblemCode.AMBIGUOUS, cursor.before())
            self._is_bare_split = self._next_is_bare
            rule = draft.rule()
            if draft.is_loose and any(_share_a_day(rule, seen) for seen in found):
                raise HoursError(ProblemCode.AMBIGUOUS, cursor.before())
            found.append(rule)
        return tuple(
            replace(rule, joiner=Joiner.NORMAL) if i == 0 else rule for i, rule in enumerate(found)
        )

    _is_bare_split = False
    _next_is_bare = False

    def _separator(self, kind: str, *, is_first: bool) -> None:
        cursor = self.cursor
        cursor.take()
        after = cursor.peek().kind
        if is_first or after in {"end", ";", ","} or (after == "||" and kind != ";"):
            cursor.repair("stray_separator")
            if after == "end" or is_first:
                return
            if kind == "||" or after == "||":
                raise HoursError(ProblemCode.UNEXPECTED, "||")
        self.joiner = Joiner(kind)

    def _rule(self) -> _Draft:
        cursor = self.cursor
        draft = _Draft(cursor, self.joiner)
        self.joiner = Joiner.NORMAL
        self._next_is_bare = False
        while (token := cursor.peek()).kind not in _SEPARATORS:
            if token.kind in SELECTOR_KINDS or (token.kind == "number" and self._is_year(draft)):
                if draft.is_said and self._begins_rule(draft):
                    cursor.repair("missing_separator")
                    self._next_is_bare = True
                    break
                draft.read_selector()
            elif token.kind in {"time", "number"}:
                self._times(draft)
            elif token.kind in {",", "&"}:
                if not self._comma(draft):
                    break
            else:
                self._modifier(draft)
        return draft

    def _modifier(self, draft: _Draft) -> None:
        """Take a state, a comment, "24/7" or a stray colon."""
        token = self.cursor.take()
        if token.kind == "always" and not draft.is_said:
            draft.is_always = True
        elif token.kind == "state" and draft.state is None:
            draft.state = State(str(token.value))
        elif token.kind == "comment" and not draft.comment:
            draft.comment = str(token.value)
        elif token.kind == ":" and (draft.has_selectors or draft.is_always or draft.state):
            self.cursor.repair("colon")
        else:
            raise HoursError(ProblemCode.UNEXPECTED, token.text)

    def _is_year(self, draft: _Draft) -> bool:
        text = self.cursor.peek().text
        return len(text) == 4 and not draft.days and int(text) >= 1900

    def _begins_rule(self, draft: _Draft) -> bool:
        """Whether selectors after times open a new rule, or belong to the times before them."""
        ahead = self.cursor.fork()
        reader = SelectorReader(ahead)
        while ahead.peek().kind in SELECTOR_KINDS or (
            ahead.peek().kind == "number" and len(ahead.peek().text) == 4
        ):
            reader.read_selector()
        if ahead.peek().kind in _SEPARATORS and not reader.kinds & draft.kinds:
            self.cursor.repair("order")
            return False
        return True

    def _comma(self, draft: _Draft) -> bool:
        """Handle a comma; False when the rule ends there."""
        cursor = self.cursor
        after = cursor.peek(1)
        if after.kind in {"time", "number"} and draft.spans and draft.state is None:
            cursor.take()
            return True
        if after.kind in {"end", ";"}:
            cursor.take()
            cursor.repair("stray_separator")
            return True
        if draft.is_said or draft.comment:
            if cursor.peek().kind == "&":
                cursor.take()
                self.joiner = Joiner.ADDITIONAL
            return False
        raise HoursError(ProblemCode.UNEXPECTED, after.text)

    def _times(self, draft: _Draft) -> None:
        cursor = self.cursor
        if draft.state is not None and draft.spans:
            raise HoursError(ProblemCode.UNEXPECTED, cursor.peek().text)
        if draft.spans and cursor.previous_kind() not in {",", "&", "/"}:
            cursor.repair("missing_comma")
        draft.spans.append(self._span())
        if cursor.peek().kind == "/":
            # "09:30-13:00/14:30-19:00" lists two ranges; "10:00-16:00/01:30" is a timetable.
            if cursor.peek(1).kind == "time" and cursor.peek(2).kind == "-":
                cursor.take()
                cursor.repair("slash")
            else:
                raise HoursError(ProblemCode.POINT_IN_TIME, cursor.around())

    def _span(self) -> Span:
        cursor = self.cursor
        start = cursor.take_minutes()
        if start > DAY_MINUTES:
            raise HoursError(ProblemCode.BAD_TIME, cursor.around())
        if cursor.peek().kind == "+":
            cursor.take()
            return Span(start, start, is_open_ended=True)
        if cursor.peek().kind == "-":
            cursor.take()
            end = cursor.take_minutes()
        elif cursor.peek().kind == "time" and cursor.peek(1).kind not in {"-", "+"}:
            # A lone time opens nothing, so "9:30 12:30" can only be a range.
            cursor.repair("missing_dash")
            end = cursor.take_minutes()
            if end <= start:
                raise HoursError(ProblemCode.AMBIGUOUS, cursor.around())
        else:
            raise HoursError(ProblemCode.POINT_IN_TIME, cursor.around())
        if end <= start:
            end += DAY_MINUTES
        is_open_ended = cursor.peek().kind == "+"
        if is_open_ended:
            cursor.take()
        return Span(start, end, is_open_ended)


def _share_a_day(rule: Rule, other: Rule) -> bool:
    """Whether two rules name the same weekday: "Tu 10:00-19:00; Su Tu 09:30-13:00"."""
    first, second = (
        {
            day
            for group in one.days
            for item in group
            if isinstance(item, Weekdays)
            for day in weekdays_of(item)
        }
        for one in (rule, other)
    )
    return bool(first & second)
