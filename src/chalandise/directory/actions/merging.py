"""What one source brings to one establishment, fact by fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalandise.directory.errors import BadFactError
from chalandise.directory.fact_fields import (
    HOURS_FIELDS,
    columns_of,
    is_blank,
)
from chalandise.directory.hours import ProblemCode, normalise, read_french
from chalandise.directory.models import Establishment, EstablishmentHours, Fact
from chalandise.directory.states import HoursPurpose
from chalandise.directory.strength import Standing, may_replace, rank_of
from chalandise.directory.values import SourceRef
from chalandise.journal.states import Actor

_LONGEST_HOURS = 1000
_LISTS = ("services", "labels")
_NUMBER = re.compile(r"^\s*\d")


class Merge:
    """Collects, for one establishment, what a source changes, confirms and fails to change.

    Args:
        establishment: locked, its facts and hours fetched; or new.
        source: who says so.
        by: who brings it.
        at: when.
        is_new: the establishment has no row yet.
    """

    def __init__(
        self,
        establishment: Establishment,
        *,
        source: SourceRef,
        by: Actor,
        at: datetime,
        is_new: bool = False,
    ) -> None:
        self.establishment = establishment
        self.is_new = is_new
        self.changed: list[str] = []
        self.confirmed: list[str] = []
        self.kept: list[str] = []
        self._source, self._by, self._at = source, by, at
        self._standing = Standing(source.kind, source.label, source.dated_on)
        self._known = {} if is_new else {fact.field: fact for fact in establishment.facts.all()}
        self._hours = {} if is_new else {one.purpose: one for one in establishment.hours.all()}
        self._new_hours: dict[str, tuple[str, str, str]] = {}

    @property
    def touched(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.changed or self.confirmed)

    @property
    def is_vouched(self) -> bool:
        """Whether a person confirmed something, even without changing it."""
        return bool(self.confirmed) and rank_of(self._source.kind) > 1

    def take(self, field: str, value: Any) -> None:
        """Let the source say one fact."""
        is_person = rank_of(self._source.kind) > 1
        if is_blank(value) and not is_person:
            return  # a file that says nothing takes nothing away
        if not self._may(field):
            self.kept.append(field)
        elif field in HOURS_FIELDS:
            self._take_hours(field, HOURS_FIELDS[field], str(value or ""))
        else:
            self._take_columns(field, value)

    def facts(self) -> Iterator[Fact]:
        """Give the provenance rows to write."""
        is_checked = rank_of(self._source.kind) > 1
        for field in [*self.changed, *self.confirmed]:
            yield Fact(
                establishment=self.establishment,
                field=field,
                source_kind=self._source.kind,
                source_label=self._source.label[:160],
                licence=self._source.licence[:80],
                dated_on=self._source.dated_on or (self._at.date() if is_checked else None),
                verified_at=self._at if is_checked else None,
                verified_by=f"{self._by.kind}:{self._by.reference}" if is_checked else "",
            )

    def hours(self) -> Iterator[EstablishmentHours]:
        """Give the rows of opening hours to write."""
        for purpose, (value, raw, problem) in self._new_hours.items():
            yield EstablishmentHours(
                establishment=self.establishment,
                purpose=purpose,
                value=value,
                raw=raw,
                problem=problem,
            )

    def _may(self, field: str) -> bool:
        fact = self._known.get(field)
        if fact is None:
            return True
        old = Standing(fact.source_kind, fact.source_label, fact.dated_on)
        return may_replace(old, self._standing)

    def _take_columns(self, field: str, value: Any) -> None:
        columns = columns_of(field, value)
        one = self.establishment
        if field == "position" and columns["is_located_by_commune"] and self._is_located():
            self.kept.append(field)
            return
        if field == "address" and self._loses_the_number(columns):
            self.kept.append(field)
            return
        if field in _LISTS and self._adds_to(field):
            order = columns_of(field, {*getattr(one, field), *columns[field]})
            columns = order
        is_changed = self.is_new or any(
            getattr(one, column) != new for column, new in columns.items()
        )
        for column, new in columns.items():
            setattr(one, column, new)
        if field == "services" and rank_of(self._source.kind) > 1:
            one.services_verified_at = self._at
        (self.changed if is_changed else self.confirmed).append(field)

    def _is_located(self) -> bool:
        one = self.establishment
        return not self.is_new and one.latitude is not None and not one.is_located_by_commune

    def _loses_the_number(self, columns: dict[str, Any]) -> bool:
        """Tell whether another file knows the street alone where the house is known, however fresh it is."""
        one = self.establishment
        return (
            self._adds_to("address")
            and one.commune_id == columns["commune"].pk
            and bool(_NUMBER.search(one.street))
            and not _NUMBER.search(columns["street"])
        )

    def _adds_to(self, field: str) -> bool:
        """Tell whether two files complete each other: neither knows every service."""
        fact = self._known.get(field)
        return (
            fact is not None
            and rank_of(self._source.kind) == 1
            and (fact.source_kind, fact.source_label) != (self._source.kind, self._source.label)
        )

    def _take_hours(self, field: str, purpose: HoursPurpose, raw: str) -> None:
        before = self._hours.get(purpose)
        was = before.value if before else ""
        value, problem = "", ""
        if raw.strip():
            read = normalise(raw)
            if read.value is None:
                prose = read_french(raw)
                read = prose if prose.value is not None else read
            value = read.value or ""
            problem = "" if read.problem is None else f"{read.problem.code}:{read.problem.fragment}"
            if len(value) > _LONGEST_HOURS:
                value, problem = "", str(ProblemCode.TOO_LONG)
        is_person = rank_of(self._source.kind) > 1
        if problem and is_person:
            raise BadFactError(field, "bad_hours")
        if problem and was:
            self.kept.append(field)  # what can be read is worth more than what cannot
            return
        self._new_hours[purpose] = (value, raw[:5000], problem[:200])
        if purpose == HoursPurpose.VISIT and is_person:
            self.establishment.hours_verified_at = self._at
        (self.changed if self.is_new or value != was else self.confirmed).append(field)
