"""Sealing days, months and years, and counting what is to be reported of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from chalandise.settlements.chaining import hash_of_closure
from chalandise.settlements.models import DailyTotal, SalesChain, SalesClosure, SalesRecord
from chalandise.settlements.periods import Span, span_of
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.queries.totals import merged_taxes
from chalandise.settlements.states import Period, RecordKind


def close_finished_periods(*, at: datetime) -> int:
    """Seal, for every merchant, the days, months and years that have ended; return how many."""
    organisations = SalesChain.objects.filter(last_number__gt=0).order_by("pk")
    return sum(
        len(close_periods_of(organisation_id, at=at))
        for organisation_id in organisations.values_list("pk", flat=True)
    )


@transaction.atomic
def close_periods_of(organisation_id: int, *, at: datetime) -> list[SalesClosure]:
    """Seal what has ended of one merchant's journal; a second call finds nothing left to seal.

    A day is sealed when it is over by the merchant's clock. A month or a year is sealed after its
    last day. Days without records have nothing to seal.
    """
    chain = lock_chain(organisation_id)
    yesterday = at.astimezone(ZoneInfo(chain.timezone)).date() - timedelta(days=1)
    if chain.closed_until is not None and yesterday <= chain.closed_until:
        return []
    open_records = SalesRecord.objects.filter(
        organisation_id=organisation_id, recorded_on__lte=yesterday
    )
    if chain.closed_until is not None:
        open_records = open_records.filter(recorded_on__gt=chain.closed_until)
    days = list(
        open_records.order_by("recorded_on").values_list("recorded_on", flat=True).distinct()
    )
    made = [
        _seal(chain, period, span, at=at)
        for period, span in _to_seal(organisation_id, days, yesterday)
    ]
    chain.closed_until = yesterday
    chain.save()
    for day in days:
        concerned = SalesRecord.objects.filter(organisation_id=organisation_id, recorded_on=day)
        for on in sorted(set(concerned.values_list("happened_on", flat=True))):
            count_daily_totals(organisation_id, on, at=at)
    return made


@transaction.atomic
def count_daily_totals(organisation_id: int, on: date, *, at: datetime) -> list[DailyTotal]:
    """Write what is true of a day less what has been written of it: nothing, the second time.

    Only sales to consumers are reported by totals; each to a firm is an invoice of its own.
    """
    lock_chain(organisation_id)
    truth: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    to_consumers = SalesRecord.objects.filter(is_to_business=False)
    for record in to_consumers.filter(organisation_id=organisation_id, happened_on=on):
        for one in record.taxes:
            sums = truth[one["kind"], one["rate_bp"]]
            sums[0] += int(record.kind == RecordKind.SALE)
            sums[1] += one["gross_cents"]
            sums[2] += one["net_cents"]
            sums[3] += one["tax_cents"]
    revision = 0
    for row in DailyTotal.objects.filter(organisation_id=organisation_id, on=on):
        sums = truth[row.kind, row.rate_bp]
        told = (row.sales_count, row.gross_cents, row.net_cents, row.tax_cents)
        sums[:] = [true - said for true, said in zip(sums, told, strict=True)]
        revision = max(revision, row.revision + 1)
    return DailyTotal.objects.bulk_create(
        DailyTotal(
            organisation_id=organisation_id,
            on=on,
            kind=kind,
            rate_bp=rate_bp,
            revision=revision,
            sales_count=count,
            gross_cents=gross,
            net_cents=net,
            tax_cents=tax,
            counted_at=at,
        )
        for (kind, rate_bp), (count, gross, net, tax) in sorted(truth.items())
        if count or gross or net or tax
    )


def _to_seal(
    organisation_id: int, days: list[date], yesterday: date
) -> Iterable[tuple[Period, Span]]:
    """Return what to seal, in the order in which the periods end, the smaller first."""
    sealed = set(
        SalesClosure.objects.filter(organisation_id=organisation_id).values_list(
            "period", "starts_on"
        )
    )
    months = SalesRecord.objects.filter(organisation_id=organisation_id, recorded_on__lte=yesterday)
    with_records = set(months.dates("recorded_on", "month"))
    wanted: dict[tuple[Period, Span], int] = {}
    for rank, period in enumerate((Period.DAY, Period.MONTH, Period.YEAR)):
        for on in days if period == Period.DAY else with_records:
            span = span_of(period, on)
            if span.ends_on <= yesterday and (str(period), span.starts_on) not in sealed:
                wanted[period, span] = rank
    return sorted(wanted, key=lambda one: (one[1].ends_on, wanted[one]))


def _seal(chain: SalesChain, period: Period, span: Span, *, at: datetime) -> SalesClosure:
    records = SalesRecord.objects.filter(
        organisation_id=chain.organisation_id, recorded_on__range=(span.starts_on, span.ends_on)
    ).order_by("number")
    rows = list(records)
    upto = SalesRecord.objects.filter(
        organisation_id=chain.organisation_id, number__lte=rows[-1].number
    )
    closure = SalesClosure(
        organisation_id=chain.organisation_id,
        number=chain.last_closure_number + 1,
        period=period,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        first_number=rows[0].number,
        last_number=rows[-1].number,
        last_hash=rows[-1].hash,
        gross_cents=sum(row.gross_cents for row in rows),
        perpetual_cents=_sum(upto.aggregate(sum=Sum("gross_cents"))),
        taxes=[one.as_json() for one in merged_taxes(rows)],
        closed_at=at,
        previous_hash=chain.last_closure_hash,
    )
    closure.hash = hash_of_closure(closure)
    closure.save(force_insert=True)
    chain.last_closure_number = closure.number
    chain.last_closure_hash = closure.hash
    return closure


def _sum(row: dict[str, Any]) -> int:
    return int(row["sum"] or 0)
