"""Names of shops: readable, visible, of a sensible length."""

from chalandise.directory.cleaning.casing import readable_case
from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import plain_text

NAME_MAX_LENGTH = 120
"""Longer than any sign above a door; what exceeds it is usually a description."""


def clean_name(raw: object) -> Cleaned[str]:
    """Return a name fit for a sign: no mark-up, no disguise, no shouting, not endless."""
    plain = plain_text(raw, line_break=" ")
    text, notes = plain.value.strip('"“”«» '), list(plain.notes)
    if not any(character.isalnum() for character in text):
        return Cleaned("", (*notes, Note(Remark.EMPTY_MARK, str(raw))) if text else tuple(notes))
    readable = readable_case(text)
    if readable != text:
        notes.append(Note(Remark.CASE_REPAIRED, text))
    readable = readable.replace("'", "’")
    if len(readable) > NAME_MAX_LENGTH:
        notes.append(Note(Remark.SHORTENED, readable))
        readable = shorten(readable, NAME_MAX_LENGTH)
    return Cleaned(readable, tuple(notes))


def shorten(text: str, length: int) -> str:
    """Cut at the last whole word and say so with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head or cut).rstrip(" ,;:-–") + "…"
