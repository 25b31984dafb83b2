"""What every reader yields: one row of a source, with its facts cleaned."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from chalandise.directory.cleaning import Cleaned, Note


class RecordKind(StrEnum):
    """What a row says about its place."""

    PRESENT = "present"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a whole row cannot enter the directory."""

    NO_NAME = "no_name"
    NOT_COMMERCE = "not_commerce"
    NO_IDENTIFIER = "no_identifier"
    MALFORMED = "malformed"
    DUPLICATE = "duplicate"
    NO_COMMUNE = "no_commune"
    OUT_OF_SCOPE = "out_of_scope"


class Passed(StrEnum):
    """Why a row is passed over without a word in the report: there may be millions."""

    OTHER_ACTIVITY = "other_activity"
    ELSEWHERE = "elsewhere"
    CLOSED_LONG_AGO = "closed_long_ago"
    NO_TAGS = "no_tags"


@dataclass(frozen=True, slots=True)
class Problem:
    """A note about one field of a row."""

    field: str
    note: Note


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one place, clean, under the names of the directory's fields.

    `hours` holds what the source wrote, by purpose: the hours engine reads it later.
    """

    name: str = ""
    is_name_provisional: bool = False
    siret: str = ""
    siren: str = ""
    activity_code: str = ""
    category_key: str = ""
    street: str = ""
    complement: str = ""
    postal_code: str = ""
    city: str = ""
    commune_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    other_phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    order_url: str = ""
    description: str = ""
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    hours: tuple[tuple[str, str], ...] = ()
    dated_on: date | None = None


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One row as found and as understood.

    Attributes:
        source_id: what names the row in its source, stable from one file to the next.
        line: the line of the file, or the rank of the object, to tell the operator.
        kind: present, closed for good, withdrawn from publication, or refused.
        raw: the row as found; empty for persons who oppose publication.
        facts: what was understood.
        problems: what was repaired, set aside or lost on the way.
        refusal: why a refused row is refused.
        has_own_id: the source itself names the row so; else the name is reckoned from what it says,
            and another spelling would be another name.
    """

    source_id: str
    line: int
    kind: RecordKind = RecordKind.PRESENT
    raw: Mapping[str, Any] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    problems: tuple[Problem, ...] = ()
    refusal: Refusal | None = None
    has_own_id: bool = True


Tally = Counter[str]
"""How many rows were passed over, by reason."""


class ProblemList:
    """Gathers notes while a row is being understood."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def take(self, field_name: str, cleaned: Cleaned[Any]) -> Any:
        """Keep the notes of a cleaned value and hand the value on."""
        self.add(field_name, cleaned.notes)
        return cleaned.value

    def add(self, field_name: str, notes: Iterable[Note]) -> None:
        """Keep notes about a field."""
        self.problems.extend(Problem(field_name, note) for note in notes)

    def freeze(self) -> tuple[Problem, ...]:
        """Return what was gathered."""
        return tuple(self.problems)
