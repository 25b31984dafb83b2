"""Turn any text from outside into plain, visible, composed Unicode."""

import html
import re
import unicodedata

import nh3

from chalandise.directory.cleaning.results import Cleaned, Note, Remark

EMPTY_MARKS = frozenset(
    {
        "<nul>", "<null>", "nul", "null", "none", "nan", "n/a", "#n/a", "na", "nc", "n.c.", "nd",
        "[nd]", "néant", "neant", "aucun", "aucune", "non renseigné", "non renseignée",
        "non communiqué", "inconnu", "undefined", "-", "--", "---", ".", "..", "...", "?", "/",
        "x", "xx", "xxx", "0", "pas de site", "pas de site internet", "pas de téléphone",
    }
)  # fmt: skip
"""What people and programs type to say "nothing"; `[ND]` is INSEE's own."""

_LINE_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|p|div|li)\b[^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_MOJIBAKE = re.compile(r"[ÃÂ][\u0080-\u00bf\u0152-\u2122]|â€")
_UNESCAPE_ROUNDS = 4
_KEPT_INVISIBLE = "\u200d\ufe0f"  # they hold emoji sequences together


def is_blank(raw: object) -> bool:
    """Tell whether a cell says nothing, in any of the usual ways of saying it."""
    if raw is None:
        return True
    text = str(raw).strip().lower()
    return not text or text in EMPTY_MARKS


def plain_text(raw: object, *, line_break: str = ", ") -> Cleaned[str]:
    """Remove mark-up, invisible characters and odd spacing; keep every visible word.

    Args:
        raw: what was found.
        line_break: what stands for `<br>` and the ends of paragraphs.
    """
    if raw is None:
        return Cleaned("")
    original = str(raw)
    if is_blank(original):
        stripped = original.strip()
        return Cleaned("", (Note(Remark.EMPTY_MARK, stripped),) if stripped else ())
    text, notes = original, []
    if _MOJIBAKE.search(text) and (repaired := _repair_mojibake(text)):
        text = repaired
        notes.append(Note(Remark.ENCODING_REPAIRED, original))
    if "<" in text or "&" in text:
        bare = _strip_markup(text, line_break=line_break)
        if bare != text:
            notes.append(Note(Remark.HTML_REMOVED, original))
        text = bare
    visible = _strip_invisible(unicodedata.normalize("NFC", text))
    if len(visible) != len(unicodedata.normalize("NFC", text)):
        notes.append(Note(Remark.INVISIBLE_REMOVED, original))
    text = _SPACES.sub(" ", visible).strip(" ,;")
    return Cleaned(text, tuple(notes))


def visible_line(text: str) -> str:
    """Return what a person sees of one line they typed: nothing hidden, nothing that turns it round.

    Unlike `plain_text` it takes nothing for mark-up: a name may hold any visible sign.
    """
    return _SPACES.sub(" ", _strip_invisible(unicodedata.normalize("NFC", text))).strip()


def _strip_markup(text: str, *, line_break: str) -> str:
    """Unescape and strip tags until nothing changes: real feeds are escaped twice."""
    for _ in range(_UNESCAPE_ROUNDS):
        before = text
        if "<" in text:
            text = _LINE_BREAK.sub(line_break, text)
            text = nh3.clean(text, tags=set())
        text = html.unescape(text)
        if text == before:
            break
    return re.sub(r"\s*(?:,\s*){2,}", ", ", text)


def _strip_invisible(text: str) -> str:
    """Drop control, zero-width and direction-changing characters; NUL and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if character in "\t\n\r\x0b\x0c\x85\u2028\u2029":
            kept.append(" ")
        elif category in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in _KEPT_INVISIBLE:
            continue
        else:
            kept.append(character)
    result = "".join(kept)
    # a joiner between letters is a disguise, not an emoji
    return re.sub(r"(?<=\w)[\u200d\ufe0f]+|[\u200d\ufe0f]+(?=\w)", "", result)


def _repair_mojibake(text: str) -> str | None:
    """Read again, as UTF-8, text that someone once read as cp1252; None when it was not that."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return None
