"""The words met in opening hours, in the languages of a French market square.

Keys are lower case without accents or final dot.
"""

import re
import unicodedata

WEEKDAY_WORDS: dict[str, int] = {}
MONTH_WORDS: dict[str, int] = {}

for _index, _words in enumerate(
    (
        "mo mon monday mondays montag montags lundi lundis lun lunes lunedi segunda",
        "tu tue tues tuesday tuesdays dienstag dienstags mardi mardis martes martedi",
        "we wed wednesday wednesdays mi mittwoch mittwochs mercredi mercredis mer miercoles",
        "th thu thur thurs thursday thursdays donnerstag donnerstags jeudi jeudis jeu jueves",
        "fr fri friday fridays freitag freitags vendredi vendredis ven viernes venerdi",
        "sa sat saturday saturdays samstag samstags samedi samedis sam sabado",
        "su sun sunday sundays sonntag sonntags dimanche dimanches dim domingo domenica",
    )
):
    WEEKDAY_WORDS.update(dict.fromkeys(_words.split(), _index))

for _index, _words in enumerate(
    (
        "jan january januar janvier janv enero gennaio",
        "feb february februar fevrier fevr fev febrero febbraio",
        "mar march marz maerz mars marzo",
        "apr april avril avr abril aprile",
        "may mai mayo maggio",
        "jun june juni juin junio giugno",
        "jul july juli juillet juil julio luglio",
        "aug august aout agosto",
        "sep sept september septembre septiembre settembre",
        "oct okt october oktober octobre octubre ottobre",
        "nov november novembre noviembre",
        "dec dez december dezember decembre diciembre dicembre",
    ),
    start=1,
):
    MONTH_WORDS.update(dict.fromkeys(_words.split(), _index))

# Two letters that mean a day in one language only once the language is known: the French "di"
# is Sunday, the German one Tuesday.
FRENCH_SHORT = {"lu": 0, "ma": 1, "me": 2, "je": 3, "ve": 4, "di": 6}
GERMAN_SHORT = {"di": 1, "do": 3, "so": 6}
FRENCH_SIGNS = frozenset(
    [
        "lu",
        "ma",
        "me",
        "je",
        "ve",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "lun",
        "mer",
        "jeu",
        "ven",
        "dim",
        "ferme",
        "et",
    ]
)
GERMAN_SIGNS = frozenset(["mi", "do", "so", "uhr", "und", "bis", "geschlossen", "feiertag"])

STATE_WORDS = {
    "open": "open",
    "ouvert": "open",
    "ouverte": "open",
    "geoffnet": "open",
    "off": "off",
    "closed": "off",
    "close": "off",
    "ferme": "off",
    "fermee": "off",
    "fermeture": "off",
    "geschlossen": "off",
    "unknown": "unknown",
}
EVERY_DAY = frozenset({"daily", "everyday", "taglich", "quotidien", "tlj"})
ALWAYS = frozenset({"always", "nonstop", "anytime"})
RANGE_WORDS = frozenset(
    ["to", "till", "til", "until", "through", "bis", "a", "as", "à", "ate", "au", "jusqu", "до"]
)
LIST_WORDS = frozenset(["and", "et", "und", "y", "e"])
NOISE = frozenset(["uhr", "h", "hours", "hour", "heures", "heure", "from", "de", "von"])
SUN = frozenset(["sunrise", "sunset", "dawn", "dusk", "daylight"])

# Several words that are one; longest first.
_PHRASES: tuple[tuple[str, str], ...] = (
    (r"24\s*hours?\s*,?\s*7\s*days\s*a\s*week", " 24/7 "),
    (r"24\s*[x×]\s*7", " 24/7 "),
    (r"7\s*days?\s*(?:a|per|/)\s*week", " daily "),
    (
        r"24\s*h(?:ours|eures)?\s*/\s*24(?:\s*h)?(?:\s*,?\s*(?:et\s+)?7\s*j(?:ours)?\s*/\s*7)?",
        " 24/7 ",
    ),
    (r"24\s*hours", " 00:00-24:00 "),
    (r"\b7\s*j(?:ours)?\s*(?:/|sur)\s*7(?:\s*j(?:ours)?)?", " daily "),
    (r"(?<![\d/])7\s*/\s*7(?![\d/])", " daily "),
    (r"\b(?:every|all)\s*days?\b", " daily "),
    (r"\btous\s+les\s+jours\b", " daily "),
    (r"\bopen\s+always\b|\balways\s+open\b|\bnonstop\s+geöffnet\b", " always "),
    (r"\bmidnight\b|\bminuit\b", " 00:00 "),
    (r"\bnoon\b|\bmidi\b", " 12:00 "),
    (r"\b(?:one\s+)?day\s+after\s+public\s+holidays?\b", " ph +1 day "),
    (r"\b(?:one\s+)?day\s+before\s+public\s+holidays?\b", " ph -1 day "),
    (
        r"\b(?:public|bank)\s+holidays?\b|\bholidays?\b|\bjours?\s+f[ée]ri[ée]s?\b|\bf[ée]ri[ée]s\b",
        " ph ",
    ),
    (r"\bschool\s+ph\b|\bvacances\s+scolaires\b", " sh "),
    (r"\bweek[\s-]?ends?\b", " sa-su "),
)
PHRASES = tuple((re.compile(pattern, re.IGNORECASE), said) for pattern, said in _PHRASES)


def fold(word: str) -> str:
    """A word in lower case, without accents or final dot."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).rstrip(".")


# What a word is to the grammar: its kind and its value.
PLAIN_WORDS: dict[str, tuple[str, str]] = {
    **{word: ("state", state) for word, state in STATE_WORDS.items()},
    **dict.fromkeys(EVERY_DAY, ("daily", "daily")),
    **dict.fromkeys(ALWAYS, ("always", "always")),
    **dict.fromkeys(RANGE_WORDS, ("-", "-")),
    **dict.fromkeys(LIST_WORDS, ("&", "&")),
    "ph": ("holiday", "PH"),
    "sh": ("holiday", "SH"),
    "easter": ("easter", "easter"),
    "week": ("week", "week"),
    "day": ("day", "day"),
    "days": ("day", "day"),
}
CANONICAL_WORDS = frozenset(
    ["ph", "sh", "easter", "week", "day", "days", "open", "off", "closed", "unknown"]
)

# Days as French writes them in full or cut to three letters ("mar" is Tuesday, March is "mars").
FRENCH_WEEKDAYS: dict[str, int] = {}
for _index, _stem in enumerate(
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
):
    FRENCH_WEEKDAYS.update({_stem: _index, f"{_stem}s": _index, _stem[:3]: _index})
