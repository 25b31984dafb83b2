"""Address lines that a person can read and a letter can reach."""

import re
from dataclasses import dataclass

from chalandise.directory.cleaning.casing import is_shouted, readable_case
from chalandise.directory.cleaning.postal_codes import clean_postal_code
from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import is_blank, plain_text

STREET_TYPES = {
    "ALL": "allée", "ART": "ancienne route", "AV": "avenue", "AVE": "avenue", "BD": "boulevard",
    "BLD": "boulevard", "BCLE": "boucle", "BRG": "bourg", "CAR": "carrefour", "CARR": "carrefour",
    "CC": "centre commercial", "CHE": "chemin", "CHEM": "chemin", "CHS": "chaussée",
    "CITE": "cité", "COR": "corniche", "CRS": "cours", "DOM": "domaine", "DSC": "descente",
    "ECA": "écart", "ESP": "esplanade", "FG": "faubourg", "FBG": "faubourg", "GAL": "galerie",
    "GR": "grande rue", "HAM": "hameau", "HLE": "halle", "IMP": "impasse", "LD": "lieu-dit",
    "LOT": "lotissement", "MAR": "marché", "MTE": "montée", "PAS": "passage", "PASS": "passage",
    "PL": "place", "PLN": "plaine", "PLT": "plateau", "PRO": "promenade", "PRV": "parvis",
    "QUA": "quartier", "QUAI": "quai", "RES": "résidence", "RLE": "ruelle", "ROC": "rocade",
    "RPT": "rond-point", "RTE": "route", "RUE": "rue", "SEN": "sentier", "SENTE": "sente",
    "SQ": "square", "TPL": "terre-plein", "TRA": "traverse", "VGE": "village", "VLA": "villa",
    "VLGE": "village", "VOIE": "voie", "ZA": "ZA", "ZAC": "ZAC", "ZI": "ZI", "ZONE": "zone",
}  # fmt: skip
"""INSEE's abbreviations of `typeVoieEtablissement`, spelled out."""

_TYPE_WORDS = frozenset(
    word for words in STREET_TYPES.values() for word in words.split() if word.islower()
) | {"rue", "grande", "ancienne", "rn", "rd"}
_REPETITIONS = {"B": "bis", "T": "ter", "Q": "quater", "C": "C", "D": "D", "A": "A"}
_TAIL = re.compile(
    r"^(?P<street>.*?)[\s,\-–(]*\b(?P<code>\d{5}|\d{2}\s\d{3})\b[\s,\-–]*(?P<city>[^\d,;()]*?)"
    r"(?:\s+cedex(?:\s+\d{1,2})?)?(?:,?\s*\(?france\)?)?[\s).,]*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(\d{1,4})\s*[,.]?\s*(?:(bis|ter|quater|[a-dA-D])\b)?\s*[,.]?\s+(?=\S)", re.IGNORECASE
)
LINE_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Address:
    """An address in one text, taken apart."""

    street: str = ""
    postal_code: str = ""
    city: str = ""


def clean_address_line(raw: object) -> Cleaned[str]:
    """Return one line without mark-up, double spaces or shouting: `2 bis rue de l’Église`."""
    plain = plain_text(raw)
    text, notes = plain.value, list(plain.notes)
    if not text:
        return Cleaned("", tuple(notes))
    was_shouted = is_shouted(text)
    if was_shouted:
        notes.append(Note(Remark.CASE_REPAIRED, text))
        text = readable_case(text, keep_short_acronyms=False)
    text = _tidy_number(text, lower_type=was_shouted).replace("'", "’")
    if len(text) > LINE_MAX_LENGTH:
        notes.append(Note(Remark.SHORTENED, text))
        text = text[:LINE_MAX_LENGTH].rpartition(" ")[0]
    return Cleaned(text, tuple(notes))


def _tidy_number(text: str, *, lower_type: bool) -> str:
    """Write `12BIS, Rue` as `12 bis rue`, touching the street's type only in repaired text."""
    match = _NUMBER.match(text)
    if not match:
        return text
    rest = text[match.end() :]
    suffix = match.group(2) or ""
    first, space, others = rest.partition(" ")
    expanded = STREET_TYPES.get(first.rstrip(".").upper())
    if expanded and first.lower() not in _TYPE_WORDS and first.upper() != "GR":
        rest = f"{expanded}{space}{others}"
    elif lower_type and first.lower() in _TYPE_WORDS:
        rest = f"{first.lower()}{space}{others}"
    repetition = suffix.lower() if len(suffix) > 1 else suffix.upper()
    return " ".join(part for part in (match.group(1), repetition, rest) if part)


def join_street_parts(number: str, repetition: str, street_type: str, label: str) -> str:
    """Build a street line from INSEE's four columns."""
    parts: list[str] = []
    if not is_blank(number):
        parts.append(str(number).strip().lstrip("0") or "0")
        if not is_blank(repetition):
            code = str(repetition).strip().upper()
            parts.append(_REPETITIONS.get(code, code.lower() if len(code) > 1 else code))
    if not is_blank(street_type):
        code = str(street_type).strip().upper()
        parts.append(STREET_TYPES.get(code, code.lower()))
    if not is_blank(label):
        plain = plain_text(label).value
        parts.append(readable_case(plain, keep_short_acronyms=False, opens_text=not parts))
    line = " ".join(parts)
    if parts and not line[0].isdigit():
        line = line[0].upper() + line[1:]
    return line.replace("'", "’")


def split_address(raw: object) -> Cleaned[Address]:
    """Take `105 rue de la Mairie, 07160 Accons` apart; without a code the whole is the street."""
    plain = plain_text(raw)
    match = _TAIL.match(plain.value) if plain.value else None
    if match is None:
        street = clean_address_line(plain.value)
        return Cleaned(Address(street=street.value), (*plain.notes, *street.notes))
    code = clean_postal_code(match.group("code"))
    if not code.value:
        street = clean_address_line(plain.value)
        return Cleaned(Address(street=street.value), (*plain.notes, *street.notes))
    street = clean_address_line(match.group("street"))
    city = readable_case(match.group("city").strip(" ,-–"), keep_short_acronyms=False)
    return Cleaned(
        Address(street=street.value, postal_code=code.value, city=city.replace("'", "’")),
        (*plain.notes, *street.notes, *code.notes),
    )
