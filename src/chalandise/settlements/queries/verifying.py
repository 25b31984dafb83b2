"""Reading the whole journal of sales again, to see that nothing was touched.

What a database owner changed by force shows: a record's hash no longer matches, the next one no
longer points at it, a closure no longer sums up its records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from chalandise.settlements.chaining import hash_of_closure, hash_of_record
from chalandise.settlements.models import (
    Invoice,
    InvoiceSeries,
    LedgerEntry,
    SalesChain,
    SalesClosure,
    SalesRecord,
)
from chalandise.settlements.queries.totals import merged_taxes


@dataclass(frozen=True)
class Fault:
    """Something is not what was written.

    Attributes:
        where: the row, for a person.
        why: what does not match.
    """

    where: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """What a verification read and found."""

    records_count: int
    closures_count: int
    invoices_count: int
    faults: tuple[Fault, ...]


def verify(organisation_id: int | None = None) -> Verdict:
    """Read the books of one merchant, or of all, again."""
    chains = SalesChain.objects.order_by("pk")
    series = InvoiceSeries.objects.order_by("pk")
    of = Q()
    if organisation_id is not None:
        of = Q(organisation_id=organisation_id)
    faults: list[Fault] = []
    for chain in chains.filter(of):
        faults += _faults_of_records(chain)
        faults += _faults_of_closures(chain)
    for one in series.filter(of):
        faults += _faults_of_series(one)
    faults += _faults_of_ledger(of)
    return Verdict(
        SalesRecord.objects.filter(of).count(),
        SalesClosure.objects.filter(of).count(),
        Invoice.objects.filter(of).count(),
        tuple(faults),
    )


def _faults_of_records(chain: SalesChain) -> Iterator[Fault]:
    previous, number, total = "", 0, 0
    records = SalesRecord.objects.filter(organisation_id=chain.pk).order_by("number")
    for record in records.iterator():
        where = f"record {chain.pk}/{record.number}"
        if record.number != number + 1:
            yield Fault(where, _("follows number %(number)d") % {"number": number})
        if record.previous_hash != previous:
            yield Fault(where, _("does not continue the record before it"))
        if record.hash != hash_of_record(record):
            yield Fault(where, _("is not what was written"))
        if record.gross_cents != sum(one["gross_cents"] for one in record.taxes):
            yield Fault(where, _("does not sum up its rates"))
        previous, number = record.hash, record.number
        total += record.gross_cents
    if (number, previous, total) != (chain.last_number, chain.last_hash, chain.perpetual_cents):
        yield Fault(f"chain {chain.pk}", _("does not end where it should"))


def _faults_of_closures(chain: SalesChain) -> Iterator[Fault]:
    previous = ""
    closures = SalesClosure.objects.filter(organisation_id=chain.pk).order_by("number")
    for closure in closures.iterator():
        where = f"closure {chain.pk}/{closure.number}"
        if closure.previous_hash != previous:
            yield Fault(where, _("does not continue the closure before it"))
        if closure.hash != hash_of_closure(closure):
            yield Fault(where, _("is not what was written"))
        rows = list(
            SalesRecord.objects.filter(
                organisation_id=chain.pk, recorded_on__range=(closure.starts_on, closure.ends_on)
            ).order_by("number")
        )
        sealed = (closure.first_number, closure.last_number, closure.last_hash, closure.gross_cents)
        found = (rows[0].number, rows[-1].number, rows[-1].hash) if rows else (0, 0, "")
        if sealed != (*found, sum(row.gross_cents for row in rows)):
            yield Fault(where, _("does not seal its records"))
        if closure.taxes != [one.as_json() for one in merged_taxes(rows)]:
            yield Fault(where, _("does not sum up its rates"))
        previous = closure.hash
    if previous != chain.last_closure_hash:
        yield Fault(f"chain {chain.pk}", _("its last closure is missing"))


def _faults_of_series(series: InvoiceSeries) -> Iterator[Fault]:
    numbers = Invoice.objects.filter(
        organisation_id=series.organisation_id, kind=series.kind, year=series.year
    ).order_by("sequence")
    expected = list(range(1, series.last_number + 1))
    if list(numbers.values_list("sequence", flat=True)) != expected:
        yield Fault(f"series {series}", _("has a gap"))


def _faults_of_ledger(of: Q) -> Iterator[Fault]:
    unbalanced = (
        LedgerEntry.objects.filter(of)
        .values("journal_id", "currency")
        .annotate(sum=Sum("amount_cents"))
        .exclude(sum=0)
    )
    for row in unbalanced:
        why = _("sums to %(sum)s %(currency)s") % row
        yield Fault(f"journal {row['journal_id']}", why)
