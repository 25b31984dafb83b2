"""A place in a list of tokens."""

from collections.abc import Callable, Sequence

from .lexing import Token
from .problems import HoursError, ProblemCode

_END = Token("end", "", "")


class Cursor:
    """Walks over tokens, looking ahead without moving."""

    def __init__(
        self, tokens: Sequence[Token], repair: Callable[[str], None], position: int = 0
    ) -> None:
        self._tokens = tokens
        self.repair = repair
        self._position = position

    def fork(self) -> "Cursor":
        """A second cursor at the same place, whose repairs are forgotten."""
        return Cursor(self._tokens, lambda _name: None, self._position)

    def peek(self, ahead: int = 0) -> Token:
        """The token to come, or an "end" token."""
        index = self._position + ahead
        return self._tokens[index] if index < len(self._tokens) else _END

    def previous_kind(self) -> str:
        """The kind of the token just taken."""
        return self._tokens[self._position - 1].kind if self._position else ""

    def take(self) -> Token:
        """The token to come, moving past it."""
        token = self.peek()
        self._position += 1
        return token

    def take_number(self, low: int, high: int) -> int:
        """A number between bounds."""
        token = self.take()
        if token.kind != "number" or not low <= int(token.value) <= high:
            raise HoursError(ProblemCode.BAD_DATE, token.text)
        return int(token.value)

    def take_minutes(self) -> int:
        """A time: "09:30", or a bare hour ("9"), or four digits ("0930")."""
        token = self.take()
        if token.kind == "time":
            return int(token.value)
        if token.kind != "number":
            raise HoursError(ProblemCode.BAD_TIME, token.text or self.before())
        self.repair("time_format")
        number = int(token.value)
        hour, minute = divmod(number, 100) if len(token.text) >= 3 else (number, 0)
        if minute > 59 or hour > 26:
            raise HoursError(ProblemCode.BAD_TIME, token.text)
        return hour * 60 + minute

    def before(self) -> str:
        """The last words read, to show where reading stopped."""
        return " ".join(
            token.text for token in self._tokens[max(0, self._position - 3) : self._position]
        )

    def around(self) -> str:
        """The words on both sides."""
        start = max(0, self._position - 3)
        return " ".join(token.text for token in self._tokens[start : self._position + 2])
