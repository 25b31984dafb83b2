"""From raw text to tokens, mending on the way the spellings met in the wild.

Each mend leaves a word in `repairs`, so that whoever shows the result can say what was changed.
"""

import re
import unicodedata
from dataclasses import dataclass

from .problems import HoursError, ProblemCode
from .words import (
    CANONICAL_WORDS,
    FRENCH_SHORT,
    FRENCH_SIGNS,
    GERMAN_SHORT,
    GERMAN_SIGNS,
    MONTH_WORDS,
    NOISE,
    PHRASES,
    PLAIN_WORDS,
    SUN,
    WEEKDAY_WORDS,
    fold,
)

MAX_LENGTH = 2000
_MARK = "\ue000"  # a private character that stands for a comment put aside

_COMMENT = re.compile(r'"([^"]*)"')
_QUOTES = str.maketrans(dict.fromkeys("„“”«»「」『』", '"'))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−→ー～~=", "-"))
_APPOINTMENT = re.compile(r"\b(?:uniquement\s+)?sur[ _-](?:rendez[ _-]?vous|rdv)\b", re.IGNORECASE)
_PREFIX = re.compile(
    r"^\s*(?:opening_hours\s*[=-]|öffnungszeit(?:en)?\s*:?|horaires?\s*:)\s*", re.IGNORECASE
)
_DEGREES = re.compile(r"(?<=[\d:°])°|°(?=[\d°])")  # "12°°" for "12:00"
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<always>24/7)
  | (?P<time>(?<!\d)\d{1,3}(?::|\s?[hH]\s?|\.(?=\d\d(?!\d|\.)))\d{2}(?!\d))(?:\s*(?P<half>[ap])\.?m\b\.?)?
  | (?P<hour>(?<!\d)\d{1,2})\s*(?:(?P<half2>[ap])\.?m\b\.?|[hH]\b(?!\d))
  | (?P<number>\d+)
  | (?P<word>[^\W\d_]+\.?)
  | (?P<punctuation>\|\||[-,;:+/\[\]().&])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind, its value, and whether space stood before it."""

    kind: str
    value: int | str
    text: str
    spaced: bool = False


class Lexer:
    """Reads one text; `tokens` and `repairs` are what it made of it."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise HoursError(ProblemCode.TOO_LONG)
        if _MARK in text or "\x00" in text:
            raise HoursError(ProblemCode.UNEXPECTED)
        if not text.strip():
            raise HoursError(ProblemCode.EMPTY)
        self.repairs: list[str] = []
        self.tokens: list[Token] = []
        self._comments: list[str] = []
        self._read(self._prepare(text))

    def repair(self, name: str) -> None:
        """Note a mend once."""
        if name not in self.repairs:
            self.repairs.append(name)

    def _prepare(self, text: str) -> str:
        quoted = text.translate(_QUOTES)
        if quoted != text:
            self.repair("quotes")
        if quoted.count('"') % 2:
            raise HoursError(ProblemCode.UNEXPECTED, '"')
        bare = _APPOINTMENT.sub(self._set_appointment_aside, _COMMENT.sub(self._set_aside, quoted))
        plain = _DEGREES.sub("0", unicodedata.normalize("NFKC", bare)).translate(_DASHES)
        if plain != bare:
            self.repair("characters")
        stripped = _PREFIX.sub("", plain)
        for pattern, replacement in PHRASES:
            said = pattern.sub(replacement, stripped)
            if said != stripped and replacement.strip() != "24/7":
                self.repair("words")
            stripped = said
        return stripped

    def _set_aside(self, match: re.Match[str]) -> str:
        words = "".join(char if char.isprintable() else " " for char in match.group(1))
        self._comments.append(" ".join(words.split()))
        return f" {_MARK}{len(self._comments) - 1}{_MARK} "

    def _set_appointment_aside(self, _match: re.Match[str]) -> str:
        self.repair("words")
        self._comments.append("sur rendez-vous")
        return f" {_MARK}{len(self._comments) - 1}{_MARK} "

    def _read(self, text: str) -> None:
        words = {fold(word) for word in re.findall(r"[^\W\d_]+", text)}
        self._short = self._short_days(words)
        position, spaced = 0, False
        while position < len(text):
            if text[position] == _MARK:
                end = text.index(_MARK, position + 1)
                comment = self._comments[int(text[position + 1 : end])]
                self.tokens.append(Token("comment", comment, f'"{comment}"', spaced))
                position, spaced = end + 1, False
                continue
            match = _TOKEN.match(text, position)
            if match is None:
                raise HoursError(ProblemCode.UNEXPECTED, text[position : position + 20])
            position = match.end()
            if match.group("space"):
                spaced = True
                continue
            self._add(match, spaced=spaced)
            spaced = False

    @staticmethod
    def _short_days(words: set[str]) -> dict[str, int]:
        is_french, is_german = bool(words & FRENCH_SIGNS), bool(words & GERMAN_SIGNS)
        if is_german and not is_french:
            return GERMAN_SHORT
        if is_french and not is_german:
            return FRENCH_SHORT
        return {}

    def _add(self, match: re.Match[str], *, spaced: bool) -> None:
        text = match.group()
        if match.group("always"):
            self._push("always", text, text, spaced=spaced)
        elif match.group("time"):
            self._push("time", self._minutes(match), text, spaced=spaced)
        elif match.group("hour"):
            self._push("time", self._hour(match), text, spaced=spaced)
        elif match.group("number"):
            if len(text) > 4:
                raise HoursError(ProblemCode.UNEXPECTED, text)
            self._push("number", text, text, spaced=spaced)
        elif match.group("word"):
            self._word(text, spaced=spaced)
        else:
            self._push(text, text, text, spaced=spaced)

    def _push(self, kind: str, value: int | str, text: str, *, spaced: bool) -> None:
        self.tokens.append(Token(kind, value, text, spaced))

    def _minutes(self, match: re.Match[str]) -> int:
        text = match.group("time")
        hour, minute = (int(part) for part in re.split(r"\D+", text, maxsplit=1))
        if not re.fullmatch(r"\d\d:\d\d", text):
            self.repair("time_format")
        return self._checked(hour, minute, match.group("half"), text)

    def _hour(self, match: re.Match[str]) -> int:
        self.repair("time_format")
        return self._checked(int(match.group("hour")), 0, match.group("half2"), match.group())

    def _checked(self, hour: int, minute: int, half: str | None, text: str) -> int:
        if half:
            if not 1 <= hour <= 12:
                raise HoursError(ProblemCode.BAD_TIME, text)
            self.repair("time_format")
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        if minute > 59 or hour * 60 + minute > 48 * 60:
            raise HoursError(ProblemCode.BAD_TIME, text)
        return hour * 60 + minute

    def _word(self, text: str, *, spaced: bool) -> None:
        word = fold(text)
        for kind, table, canonical in (
            ("weekday", WEEKDAY_WORDS, 2),
            ("weekday", self._short, 0),
            ("month", MONTH_WORDS, 3),
        ):
            if word in table:
                if len(text) != canonical:
                    self.repair("words")
                self._push(kind, table[word], text, spaced=spaced)
                return
        if word in PLAIN_WORDS:
            if word not in CANONICAL_WORDS:
                self.repair("words")
            kind, value = PLAIN_WORDS[word]
            self._push(kind, value, text, spaced=spaced)
        elif word in NOISE:
            self.repair("words")
        elif word in SUN:
            raise HoursError(ProblemCode.SUN, text)
        else:
            raise HoursError(ProblemCode.UNKNOWN_WORD, text)
