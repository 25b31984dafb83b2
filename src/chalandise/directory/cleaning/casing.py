"""French words written in CAPITALS, given back a case that reads well.

Registers write `AUX DÉLICES DE L'ÎLE SARL`; a sheet reads `Aux Délices de l’Île SARL`. Text that
already mixes cases is left as its author wrote it.
"""

import re

PARTICLES = frozenset(
    [
        "a",
        "à",
        "au",
        "aux",
        "avec",
        "by",
        "chez",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "lès",
        "ou",
        "où",
        "par",
        "pour",
        "qu",
        "sans",
        "sous",
        "sur",
        "un",
        "une",
        "y",
    ]
)
"""Small words that stay small, unless they open the text."""

ACRONYMS = frozenset(
    [
        "sarl",
        "sas",
        "sasu",
        "eurl",
        "sa",
        "snc",
        "sci",
        "scop",
        "scic",
        "scea",
        "earl",
        "gaec",
        "gie",
        "cuma",
        "esat",
        "ea",
        "btp",
        "cbd",
        "pmu",
        "tv",
        "hifi",
        "cd",
        "dvd",
        "bd",
        "vtt",
        "vsp",
        "gsm",
        "pc",
        "sav",
        "diy",
        "amap",
        "bnp",
        "lcl",
        "crf",
        "ccas",
        "mjc",
        "spa",
        "usa",
        "uk",
        "nyc",
        "rdc",
        "zac",
        "za",
        "zi",
        "zae",
        "bp",
        "cs",
        "ddl",
        "sncf",
        "ratp",
        "ehpad",
        "irm",
        "tp",
        "tgv",
        "atm",
        "abc",
        "ldlc",
        "fnac",
        "ikea",
        "gifi",
        "lidl",
        "bhv",
        "rpm",
        "jms",
        "aop",
        "igp",
        "aoc",
        "vrp",
        "ong",
        "asbl",
        "sos",
        "vip",
    ]
)
"""Words that are letters, not words."""

_ROMAN = re.compile(r"^(?=[ivx]{2,})(?:x{0,3})(?:ix|iv|v?i{0,3})$")
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\.?")
_VOWELS = set("aeiouyàâäéèêëîïôöùûüæœ")
_ELISIONS = frozenset({"d", "l", "qu", "j", "m", "n", "s", "t", "c"})
_SHORTEST = 3
_LONGEST_SIGN = 4


def is_shouted(text: str) -> bool:
    """Tell whether every letter is a capital, in text long enough for it to be a habit."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= _SHORTEST and all(character.isupper() for character in letters)


def readable_case(text: str, *, keep_short_acronyms: bool = True, opens_text: bool = True) -> str:
    """Return shouted text in readable case, and any other text as it is.

    Args:
        text: what was found.
        keep_short_acronyms: leave a single short word (`MIM`, `FNAC`) alone: it is a sign.
        opens_text: whether the first word begins a line, and so takes a capital.
    """
    if not is_shouted(text):
        return text
    if keep_short_acronyms and len(text) <= _LONGEST_SIGN and " " not in text:
        return text
    pieces: list[str] = []
    cursor = 0
    is_first = opens_text
    for match in _WORD.finditer(text):
        pieces.append(text[cursor : match.start()])
        following = text[match.end() : match.end() + 1]
        preceding = text[match.start() - 1 : match.start()] if match.start() else ""
        opens = is_first or preceding in {"(", "«", '"', "–"} or pieces[-1].endswith(" - ")
        pieces.append(_word(match.group(), following=following, preceding=preceding, opens=opens))
        cursor = match.end()
        is_first = False
    pieces.append(text[cursor:])
    return "".join(pieces)


def _word(word: str, *, following: str, preceding: str, opens: bool) -> str:
    lower = word.lower()
    if following in {"'", "’"} and lower in _ELISIONS:
        return lower.capitalize() if opens else lower
    if preceding in {"'", "’"} and lower == "s":  # McDonald's
        return lower
    if "." in lower.rstrip(".") or lower in ACRONYMS or _ROMAN.match(lower):
        return word
    if lower in PARTICLES and not opens:
        return lower
    if lower.isalpha() and not _VOWELS.intersection(lower) and lower not in {"st", "mr", "mrs"}:
        return word
    if lower in {"bis", "ter", "quater"}:
        return lower
    if lower[0].isdigit():  # 24H, 3B, 2ND
        return word
    return lower.capitalize()
