"""E-mail addresses as people type them in a register or a spreadsheet."""

import re

from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import plain_text

_SEPARATORS = re.compile(r"\s*[;,|/]\s*|\s+(?:ou|et|or)\s+|\s+(?=\S+@)")
_ADDRESS = re.compile(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}$"
)
_MAX_LENGTH = 254


def clean_email(raw: object) -> Cleaned[str]:
    """Return one deliverable-looking address; others in the same field go to the notes."""
    plain = plain_text(raw, line_break=" ; ")
    if not plain.value:
        return plain
    notes: list[Note] = list(plain.notes)
    kept = ""
    for piece in _SEPARATORS.split(plain.value):
        if not piece:
            continue
        candidate = _repair(piece)
        if not _ADDRESS.match(candidate) or len(candidate) > _MAX_LENGTH:
            notes.append(Note(Remark.EMAIL_INVALID, piece))
        elif kept:
            notes.append(Note(Remark.SECOND_EMAIL, candidate))
        else:
            kept = candidate
            if candidate.lower() != piece.lower():
                notes.append(Note(Remark.EMAIL_REPAIRED, piece))
    return Cleaned(kept, tuple(notes))


def _repair(piece: str) -> str:
    text = piece.removeprefix("mailto:").partition("?")[0].strip("<>()[]\"' .")
    text = re.sub(
        r"\s*(?:\(at\)|\[at\]|\sat\s|\(a\)|\[arobase\])\s*", "@", text, flags=re.IGNORECASE
    )
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"
