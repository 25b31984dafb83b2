"""Reads INSEE's register of establishments: StockEtablissement, plain or geolocated.

Kept: active establishments of the listed activities. Closed ones are yielded too, bare, so that a
sheet we know can be closed. Those who oppose publication (`statutDiffusionEtablissement` other than
`O`; article A123-96 of the code de commerce) are yielded as withdrawn with their SIRET alone: no
name, no address, no row is kept of them.
"""

import csv
import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from chalandise.directory.classification import category_for_naf, normalise_naf
from chalandise.directory.cleaning import (
    clean_name,
    clean_postal_code,
    is_blank,
    join_street_parts,
    readable_case,
)
from chalandise.directory.cleaning.identifiers import SIREN_LENGTH, is_valid_siret
from chalandise.federation.errors import BrokenFileError, EmptyFileError, MissingColumnsError
from chalandise.federation.readers.files import DEFAULT_LIMITS, FileLimits, open_source
from chalandise.federation.readers.geojson import looks_like_json
from chalandise.federation.readers.positions import from_lambert93, sane_position, to_degrees
from chalandise.federation.readers.records import (
    Facts,
    Passed,
    ProblemList,
    RawRecord,
    RecordKind,
    Refusal,
    Tally,
)
from chalandise.federation.readers.text import open_lines

LICENCE = "Licence Ouverte 2.0"
LABEL = "Insee, répertoire Sirene"

REQUIRED_COLUMNS = (
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "codeCommuneEtablissement",
    "numeroVoieEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
)
"""Without these a file is not the register, or is cut short."""

_PUBLISHED = "O"
_ACTIVE = "A"
_CURRENT_EDITIONS = frozenset({"NAFRev2", ""})
_LOWEST_GEO_SCORE = 0.5
_TELLING_EVERY = 250_000
_NAMED_AT_ONCE = 500
_VAGUE_GEO_TYPES = frozenset({"municipality", "city", "locality"})
_KEPT_RAW = (
    "siret", "statutDiffusionEtablissement", "etatAdministratifEtablissement",
    "dateDernierTraitementEtablissement", "activitePrincipaleEtablissement",
    "enseigne1Etablissement", "enseigne2Etablissement", "enseigne3Etablissement",
    "denominationUsuelleEtablissement", "complementAdresseEtablissement",
    "numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement",
    "libelleVoieEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
    "codeCommuneEtablissement", "longitude", "latitude",
)  # fmt: skip

FindNames = Callable[[Collection[str]], Mapping[str, str]]


def read_sirene(
    path: Path,
    *,
    activities: Collection[str],
    tally: Tally,
    wants_commune: Callable[[str], bool] | None = None,
    names: FindNames | None = None,
    on_rows: Callable[[int], None] | None = None,
    limits: FileLimits = DEFAULT_LIMITS,
) -> Iterator[RawRecord]:
    """Yield the establishments of a register file, in its order.

    Args:
        path: the file, plain, `.gz` or `.zip`; or the JSON of INSEE's API.
        activities: the NAF codes to keep, with their point.
        tally: counts what is passed over.
        wants_commune: tells whether a commune code is in scope; all are when absent.
        names: finds names of legal units by SIREN, for establishments without a sign of their own.
        on_rows: told now and then how many rows went by: most are passed over in silence.
        limits: what an honest file does not exceed.

    Raises:
        UnreadableFileError: the file is not the register.
    """
    understand = _Understander(activities, tally, wants_commune)
    records = _read(path, understand, on_rows, limits)
    yield from _called_by_firm(records, names) if names else records


def _read(
    path: Path,
    understand: "_Understander",
    on_rows: Callable[[int], None] | None,
    limits: FileLimits,
) -> Iterator[RawRecord]:
    with open_source(path, limits=limits) as stream:
        if looks_like_json(stream):
            yield from _from_json(stream.read(), path.name, understand)
            return
        lines = open_lines(stream, file_name=path.name, limits=limits)
        rows = csv.reader(lines, delimiter=",")
        header = next(rows, None)
        if not header:
            raise EmptyFileError(path.name)
        if len(header) == 1 and ";" in header[0]:
            header = header[0].split(";")
            rows = csv.reader(lines, delimiter=";")
        columns = [name.strip().strip('"') for name in header]
        missing = [name for name in REQUIRED_COLUMNS if name not in columns]
        if missing:
            raise MissingColumnsError(path.name, missing, columns)
        counted = _counted(rows, on_rows) if on_rows else rows
        yield from _from_rows(counted, columns, path.name, understand)


def _called_by_firm(records: Iterator[RawRecord], names: FindNames) -> Iterator[RawRecord]:
    """Give establishments without a sign the name of their legal unit, some hundred at a time."""
    while some := list(islice(records, _NAMED_AT_ONCE)):
        found = names({one.facts.siren for one in some if one.facts.is_name_provisional})
        for one in some:
            legal = found.get(one.facts.siren, "") if one.facts.is_name_provisional else ""
            if name := clean_name(legal).value:
                facts = replace(one.facts, name=name, is_name_provisional=False)
                yield replace(one, facts=facts)
            else:
                yield one


class _counted:  # noqa: N801 - wraps a reader and reads like one
    """A reader that tells how many rows it gave."""

    def __init__(self, rows: Any, on_rows: Callable[[int], None]) -> None:
        self._rows, self._on_rows, self._count = rows, on_rows, 0

    @property
    def line_num(self) -> int:
        """Return the line last read."""
        return int(self._rows.line_num)

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            self._count += 1
            if self._count % _TELLING_EVERY == 0:
                self._on_rows(self._count)
            yield row


def _from_rows(
    rows: Any, columns: Sequence[str], file_name: str, understand: "_Understander"
) -> Iterator[RawRecord]:
    """Walk the rows; the two cheap tests come first, for there are forty million of them."""
    position = {name: index for index, name in enumerate(columns)}
    siret_at = position["siret"]
    state_at = position["etatAdministratifEtablissement"]
    activity_at = position["activitePrincipaleEtablissement"]
    commune_at = position["codeCommuneEtablissement"]
    width = len(columns)
    try:
        for row in rows:
            if len(row) != width:
                if row:
                    yield RawRecord(
                        source_id=row[siret_at] if len(row) > siret_at else "",
                        line=rows.line_num,
                        kind=RecordKind.REFUSED,
                        refusal=Refusal.MALFORMED,
                    )
                continue
            if understand.passes_over(row[activity_at], row[commune_at], row[state_at]):
                continue
            yield understand(dict(zip(columns, row, strict=True)), rows.line_num)
    except csv.Error as error:
        raise BrokenFileError(file_name, rows.line_num, "csv") from error


def _from_json(content: bytes, file_name: str, understand: "_Understander") -> Iterator[RawRecord]:
    """Read what INSEE's API answers: one establishment, or a list under `etablissements`."""
    try:
        document = json.loads(content)
    except ValueError as error:
        raise BrokenFileError(file_name, 0, "json") from error
    rows = document.get("etablissements", [document]) if isinstance(document, dict) else document
    for rank, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or "siret" not in row:
            raise MissingColumnsError(file_name, ["siret"])
        yield understand({key: str(value) for key, value in row.items() if value is not None}, rank)


class _Understander:
    """Turns rows into records, knowing what the import wants."""

    def __init__(
        self,
        activities: Collection[str],
        tally: Tally,
        wants_commune: Callable[[str], bool] | None,
    ) -> None:
        self._activities = frozenset(activities)
        self._tally = tally
        self._wants_commune = wants_commune

    def passes_over(self, activity: str, commune: str, state: str) -> bool:
        """Count and drop rows of no interest without building anything."""
        if activity not in self._activities and normalise_naf(activity) not in self._activities:
            self._tally[Passed.OTHER_ACTIVITY] += 1
            return True
        if self._wants_commune and commune and not self._wants_commune(commune):
            self._tally[Passed.ELSEWHERE] += 1
            return True
        if state != _ACTIVE:
            self._tally[Passed.CLOSED_LONG_AGO] += 1
        return False

    def __call__(self, row: Mapping[str, str], line: int) -> RawRecord:
        siret = row.get("siret", "").strip()
        if row.get("statutDiffusionEtablissement", _PUBLISHED) != _PUBLISHED:
            return RawRecord(
                siret,
                line,
                RecordKind.WITHDRAWN,
                facts=Facts(siret=siret, siren=siret[:SIREN_LENGTH]),
            )
        if not is_valid_siret(siret):
            return RawRecord(siret, line, RecordKind.REFUSED, refusal=Refusal.NO_IDENTIFIER)
        if row.get("etatAdministratifEtablissement", _ACTIVE) != _ACTIVE:
            facts = Facts(
                siret=siret, siren=siret[:SIREN_LENGTH], dated_on=_day(row.get("dateDebut", ""))
            )
            return RawRecord(siret, line, RecordKind.CLOSED, facts=facts)
        problems = ProblemList()
        facts = self._facts(row, siret, problems)
        raw = {name: row[name] for name in _KEPT_RAW if row.get(name)}
        return RawRecord(siret, line, raw=raw, facts=facts, problems=problems.freeze())

    def _facts(self, row: Mapping[str, str], siret: str, problems: ProblemList) -> Facts:
        activity = normalise_naf(row.get("activitePrincipaleEtablissement", ""))
        edition = row.get("nomenclatureActivitePrincipaleEtablissement", "")
        category = category_for_naf(activity) if edition in _CURRENT_EDITIONS else None
        name, is_provisional = self._name(row, category.name if category else "", problems)
        position = _position(row)
        complement = row.get("complementAdresseEtablissement", "")
        return Facts(
            name=name,
            is_name_provisional=is_provisional,
            siret=siret,
            siren=siret[:SIREN_LENGTH],
            activity_code=activity,
            category_key=category.key if category else "",
            street=join_street_parts(
                row.get("numeroVoieEtablissement", ""),
                row.get("indiceRepetitionEtablissement", ""),
                row.get("typeVoieEtablissement", ""),
                row.get("libelleVoieEtablissement", ""),
            ),
            complement="" if is_blank(complement) else readable_case(complement.strip()),
            postal_code=problems.take(
                "postal_code", clean_postal_code(row.get("codePostalEtablissement", ""))
            ),
            city=readable_case(
                row.get("libelleCommuneEtablissement", ""), keep_short_acronyms=False
            ),
            commune_code=row.get("codeCommuneEtablissement", "").strip(),
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
            dated_on=_day(row.get("dateDernierTraitementEtablissement", "")),
        )

    def _name(
        self, row: Mapping[str, str], category: str, problems: ProblemList
    ) -> tuple[str, bool]:
        """Return the sign above the door, else the usual name.

        Most establishments of StockEtablissement have none of their own; such a sheet is called by
        its trade until somebody says better.
        """
        signs = [row.get(f"enseigne{rank}Etablissement", "") for rank in (1, 2, 3)]
        for candidate in (*signs, row.get("denominationUsuelleEtablissement", "")):
            if not is_blank(candidate) and (name := problems.take("name", clean_name(candidate))):
                return str(name), False
        return category, True


def _position(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Take the geocoder's point unless it only found the town, else INSEE's own."""
    if row.get("latitude") and row.get("geo_type") not in _VAGUE_GEO_TYPES:
        score = to_degrees(row.get("geo_score") or "1") or 0
        if score >= _LOWEST_GEO_SCORE:
            return sane_position(to_degrees(row["latitude"]), to_degrees(row.get("longitude")))
    x = to_degrees(row.get("coordonneeLambertAbscisseEtablissement"))
    y = to_degrees(row.get("coordonneeLambertOrdonneeEtablissement"))
    return from_lambert93(x, y) if x and y else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def read_legal_unit_names(
    path: Path, wanted: Container[str], *, limits: FileLimits = DEFAULT_LIMITS
) -> Iterator[tuple[str, str]]:
    """Yield the wanted SIRENs of StockUniteLegale with their names, persons who oppose left out."""
    with open_source(path, limits=limits) as stream:
        rows = csv.DictReader(open_lines(stream, file_name=path.name, limits=limits))
        columns = rows.fieldnames or []
        missing = [
            name
            for name in ("siren", "statutDiffusionUniteLegale", "denominationUniteLegale")
            if name not in columns
        ]
        if missing:
            raise MissingColumnsError(path.name, missing, columns)
        for row in rows:
            if row["siren"] not in wanted or row["statutDiffusionUniteLegale"] != _PUBLISHED:
                continue
            name = next(
                (
                    row[column]
                    for column in (
                        "denominationUsuelle1UniteLegale",
                        "denominationUniteLegale",
                    )
                    if not is_blank(row.get(column))
                ),
                "",
            )
            person = f"{row.get('prenomUsuelUniteLegale') or ''} {row.get('nomUniteLegale') or ''}"
            if name or not is_blank(person):
                yield row["siren"], name or person.strip()
