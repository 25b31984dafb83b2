"""French prose cut into the few kinds of words that matter for hours."""

import html
import re
from dataclasses import dataclass

from .problems import HoursError, ProblemCode
from .words import FRENCH_SHORT, FRENCH_WEEKDAYS, MONTH_WORDS, fold

MAX_LENGTH = 2000
HOLIDAY = 7  # stands beside the weekdays 0 to 6
EVERY_DAY = tuple(range(7))

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"<[^>]{0,200}>", " ; "),
    (r"\b24\s*h(?:eures)?\s*(?:/|sur)\s*24(?:\s*h(?:eures)?)?\b", " @always "),
    (r"\b7\s*j(?:ours)?\.?\s*(?:/|sur)\s*7(?:\s*j(?:ours)?)?\b", " @everyday "),
    (r"\btous\s+les\s+jours\b(?:\s+de\s+la\s+semaine\b)?|\btlj\b|\bchaque\s+jour\b", " @everyday "),
    (r"\bquotidien(?:nement|s)?\b", " @everyday "),
    (r"\ben\s+semaine\b", " @workdays "),
    (r"\bweek[\s-]?ends?\b", " @weekend "),
    (r"\b(?:les\s+)?(?:jours?\s+)?feries?\b", " @holidays "),
    (r"\b(?:y\s+compris|meme)\b", " @including "),
    (r"\b(?:ainsi\s+que|puis)\b", " et "),
    (r"\b(?:a\s+l.exception|a\s+l'exception|excepte|sauf|hormis|hors)\b", " @except "),
    (r"\b(?:sans\s+interruption|non[\s-]?stop|en\s+continu|journees?\s+continues?)\b", " "),
    (r"\b(?:uniquement\s+)?sur\s+(?:rendez[\s-]?vous|rdv)\b", " @appointment "),
    (r"\bapres[\s-]?midis?\b", " @afternoon "),
    (r"\bmatin(?:ee)?s?\b", " @morning "),
    (r"\ba\s+partir\s+d[e']?\b", " @since "),
    (r"\bjusqu['’]?\s*(?:au?x?|en)?\b", " a "),
)
_PHRASES = tuple((re.compile(pattern), said) for pattern, said in _PATTERNS)
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\xa0\u202f]+)
  | (?P<mark>@[a-z]+)
  | (?P<time>(?<!\d)\d{1,2}(?:h|\s+h(?:eures?)?\s+|\s?:\s?|\.)[0-5]\d(?:\s*mn\b|\s*min\b)?(?!\s*[\dh:]))
  | (?P<hour>(?<!\d)\d{1,2}\s*(?:heures?|hrs?|h)(?![a-z\d]))
  | (?P<number>\d+)
  | (?P<word>[a-z]+)
  | (?P<to>->|[-–—→>])
  | (?P<and>[,/&+])
  | (?P<strong>[;.|•·*\n\r]+)
  | (?P<noise>[:'()"=!]+)
    """,
    re.VERBOSE,
)
_NOISE = frozenset(
    [
        "horaire",
        "horaires",
        "ouverture",
        "ouvert",
        "ouverte",
        "ouverts",
        "ouvertes",
        "ouvre",
        "ouvrons",
        "magasin",
        "boutique",
        "commerce",
        "etablissement",
        "atelier",
        "nous",
        "vous",
        "sommes",
        "est",
        "sont",
        "accueille",
        "accueillons",
        "accueillent",
        "notre",
        "nos",
        "votre",
        "vos",
        "le",
        "la",
        "les",
        "l",
        "d",
        "du",
        "de",
        "en",
        "jour",
        "jours",
        "uniquement",
        "seulement",
        "inclus",
        "inclu",
        "compris",
        "toute",
        "annee",
        "heure",
        "heures",
        "h",
        "bureau",
        "accueil",
        "public",
    ]
)
_CLOSED = frozenset(
    ["ferme", "fermee", "fermes", "fermees", "fermeture", "closed", "repos", "relache"]
)
_TO = frozenset({"a", "au", "aux"})


@dataclass(frozen=True)
class Word:
    """A word of the prose: its kind and what it stands for."""

    kind: str
    days: tuple[int, ...] = ()
    minutes: int = 0
    text: str = ""


_MARKS = {
    "@always": Word("always"),
    "@everyday": Word("days", EVERY_DAY),
    "@workdays": Word("days", EVERY_DAY[:5]),
    "@weekend": Word("days", EVERY_DAY[5:]),
    "@holidays": Word("days", (HOLIDAY,)),
    "@including": Word("including"),
    "@except": Word("except"),
    "@appointment": Word("appointment"),
    "@afternoon": Word("part", text="afternoon"),
    "@morning": Word("part", text="morning"),
    "@since": Word("since"),
}


def words_of(text: str) -> list[Word]:
    """The words of a text, without those that say nothing; `HoursError` at a strange one."""
    if len(text) > MAX_LENGTH:
        raise HoursError(ProblemCode.TOO_LONG)
    if not text.strip():
        raise HoursError(ProblemCode.EMPTY)
    if "@" in text:
        raise HoursError(ProblemCode.UNEXPECTED, "@")
    plain = fold(html.unescape(text)).replace("’", "'")
    for pattern, replacement in _PHRASES:
        plain = pattern.sub(replacement, plain)
    short = _short_days(plain)
    words: list[Word] = []
    position = 0
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        if match is None:
            raise HoursError(ProblemCode.UNEXPECTED, plain[position : position + 20])
        position = match.end()
        word = _word(match, short)
        if word is not None:
            words.append(word)
    return words


def _short_days(plain: str) -> dict[str, int]:
    """The two-letter days, trusted only together: alone, "ma" and "je" are other words."""
    seen = {word for word in re.findall(r"[a-z]+", plain) if word in FRENCH_SHORT}
    return {**FRENCH_SHORT, "sa": 5} if len(seen) >= 2 else {}


def _word(match: re.Match[str], short: dict[str, int]) -> Word | None:
    text = match.group()
    kind = match.lastgroup
    if kind in {"space", "noise"}:
        return None
    if kind == "mark":
        return _MARKS[text]
    if kind in {"to", "and", "strong"}:
        return Word(kind, text=text)
    if kind in {"time", "hour"}:
        numbers = [int(number) for number in re.findall(r"\d+", text)]
        minutes = numbers[0] * 60 + (numbers[1] if len(numbers) > 1 else 0)
        if minutes > 24 * 60:
            raise HoursError(ProblemCode.BAD_TIME, text)
        return Word("time", minutes=minutes, text=text)
    if kind == "number":
        if len(text) > 2 or int(text) > 24:
            raise HoursError(ProblemCode.UNEXPECTED, text)
        return Word("number", minutes=int(text) * 60, text=text)
    return _named(text, short)


def _named(text: str, short: dict[str, int]) -> Word | None:
    if text in FRENCH_WEEKDAYS:
        return Word("days", (FRENCH_WEEKDAYS[text],), text=text)
    if text in short:
        return Word("days", (short[text],), text=text)
    if text in _NOISE:
        return None
    if text in _CLOSED:
        return Word("closed", text=text)
    if text == "et":
        return Word("and", text=text)
    if text in _TO:
        return Word("to", text=text)
    if text == "des":
        return Word("since", text=text)
    if text in {"midi", "minuit"}:
        return Word("time", minutes=12 * 60 if text == "midi" else 24 * 60, text=text)
    if text in MONTH_WORDS:
        raise HoursError(ProblemCode.UNSUPPORTED, text)
    raise HoursError(ProblemCode.UNKNOWN_WORD, text)
