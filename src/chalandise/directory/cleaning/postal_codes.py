"""French postal codes: five digits, and what they say about where a place is.

A postal code is not a commune (51300 covers 46 of them): it only narrows the search. Sources:
La Poste's numbering; Corsica is 20xxx though its départements are 2A and 2B.
"""

import re

from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import is_blank

_FIVE = re.compile(r"(?<!\d)(\d{2})\s?(\d{3})(?!\d)")
_FOUR = re.compile(r"^(\d)\s?(\d{3})$")
_CEDEX = re.compile(r"\bcedex\b", re.IGNORECASE)
_OVERSEAS = frozenset(
    {"971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"}
)
_MONACO = "980"
_LAST_METROPOLITAN = 95


def clean_postal_code(raw: object) -> Cleaned[str]:
    """Return five digits, restoring the zero that a spreadsheet ate (`9500` is `09500`)."""
    if is_blank(raw):
        return Cleaned("")
    original = str(raw).strip()
    text = re.sub(r"\.0+$", "", original.replace("\u00a0", " "))
    notes: list[Note] = []
    if _CEDEX.search(text):
        notes.append(Note(Remark.POSTAL_CODE_CEDEX, original))
    if match := _FOUR.match(text):
        code = "0" + match.group(1) + match.group(2)
        notes.append(Note(Remark.POSTAL_CODE_ZERO_RESTORED, original))
    elif match := _FIVE.search(text):
        code = match.group(1) + match.group(2)
    else:
        return Cleaned("", (*notes, Note(Remark.POSTAL_CODE_INVALID, original)))
    if code.startswith(_MONACO):
        return Cleaned(code, (*notes, Note(Remark.POSTAL_CODE_MONACO, original)))
    if not departement_of_postal_code(code):
        return Cleaned("", (Note(Remark.POSTAL_CODE_INVALID, original),))
    return Cleaned(code, tuple(notes))


def departement_of_postal_code(code: str) -> str:
    """Return the likely département code, or nothing for a code no département uses.

    Likely only: a few dozen communes are served by the post office of the next département.
    """
    if len(code) != 5 or not code.isdigit():
        return ""
    if code.startswith("20"):
        return "2A" if code[2] in "01" else "2B"
    if code[:3] in _OVERSEAS:
        # Saint-Barthélemy and Saint-Martin still share Guadeloupe's 971
        return code[:3]
    head = int(code[:2])
    return code[:2] if 1 <= head <= _LAST_METROPOLITAN else ""


_PHONE_REGIONS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL",
    "978": "MF", "980": "MC", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip


def phone_region_of_postal_code(code: str) -> str:
    """Return the region in which a number without prefix is to be read (`FR`, `RE`, `NC`…)."""
    return _PHONE_REGIONS.get(code[:3], "FR")
