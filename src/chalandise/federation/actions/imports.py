"""One run: a file read from end to end, batch by batch, resumable from its mark."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import slugify

from chalandise.directory.actions.categories import load_categories
from chalandise.directory.models import Category
from chalandise.directory.states import SourceKind
from chalandise.directory.values import SourceRef
from chalandise.federation.actions.batches import import_batch
from chalandise.federation.actions.removals import check_removals, remove_missing
from chalandise.federation.actions.workshop import BatchResult, Workshop
from chalandise.federation.errors import ImportBusyError, RunWaitsError
from chalandise.federation.matching import PlaceIndex
from chalandise.federation.models import ImportRun, Source, SourceRecord
from chalandise.federation.queries import (
    CommuneFinder,
    find_unfinished_run,
    linked_ids,
    missing_records,
    places_on,
)
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.reports import Outcome, ReportFile
from chalandise.federation.states import RUN_TRANSITIONS, RunState, SourceFormat
from chalandise.journal import actions as journal
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal

BATCH_SIZE = 1000
LOCK_SPACE = 460_002  # any number that no other lock uses

KIND_OF_FORMAT = {
    SourceFormat.SIRENE: SourceKind.REGISTER,
    SourceFormat.OSM: SourceKind.COMMUNITY,
    SourceFormat.CSV: SourceKind.LOCAL_FILE,
}

Reader = Callable[[CommuneFinder, Tally], Iterator[RawRecord]]
Progress = Callable[["Summary"], None]


@dataclass
class Summary:
    """What a run did so far."""

    read_count: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    met_known_count: int = 0
    report_path: str = ""
    report_bytes: int = 0
    run_id: int | None = None
    is_resumed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the run."""
        return {
            "read": self.read_count,
            **dict(self.counts),
            "refusals": dict(self.refusals),
            "passed": dict(self.passed),
            "met_known": self.met_known_count,
            "report_bytes": self.report_bytes,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Summary:
        """Take up where a stored run stopped."""
        return cls(
            read_count=stored.get("read", 0),
            counts=Counter({one: stored[one] for one in Outcome if one in stored}),
            refusals=Counter(stored.get("refusals", {})),
            passed=Counter(stored.get("passed", {})),
            met_known_count=stored.get("met_known", 0),
            report_bytes=stored.get("report_bytes", 0),
            is_resumed=True,
        )

    def take(self, result: BatchResult) -> None:
        """Add what one batch did."""
        self.counts.update(result.counts)
        self.refusals.update(result.refusals)
        self.met_known_count += result.met_known_count


@dataclass(frozen=True)
class ImportOrder:
    """What is to be imported, and how."""

    portal: Portal
    path: Path
    layout: SourceFormat
    reader: Reader
    label: str
    licence: str = ""
    source_key: str = ""
    dated_on: date | None = None
    column_map: dict[str, str] = field(default_factory=dict)
    is_dry_run: bool = False
    accepts_removals: bool = False
    batch_size: int = BATCH_SIZE


def source_key_for(layout: SourceFormat, path: Path) -> str:
    """Name a source: a register by its layout, a table by its file."""
    if layout is SourceFormat.CSV:
        return slugify(path.name.split(".")[0])[:80] or "table"
    return str(layout)


def import_file(
    order: ImportOrder, *, by: Actor, at: datetime, progress: Progress | None = None
) -> Summary:
    """Read a file into the directory of a portal.

    Each batch is one transaction with the run's mark, so that a run cut short goes on where it
    stopped, and what was committed stays. A dry run does the same work and keeps nothing.

    Raises:
        UnreadableFileError: the file cannot be read (further); batches before that are kept.
        RunWaitsError: too much of the source is missing; nothing was removed.
        ImportBusyError: another run of this source is at work.
    """
    load_categories(by=by, at=at)
    source = _source(order)
    with _alone(source):
        run = _open_run(order, source, by=by, at=at)
        try:
            return _work(order, run, by=by, at=at, progress=progress)
        except RunWaitsError:
            _end(order, run, RunState.WAITING, by=by, at=at)
            raise
        except BaseException:
            _end(order, run, RunState.FAILED, by=by, at=at)
            raise


def _source(order: ImportOrder) -> Source:
    key = order.source_key or source_key_for(order.layout, order.path)
    values = {
        "name": order.label[:160],
        "format": order.layout,
        "kind": KIND_OF_FORMAT[order.layout],
        "licence": order.licence[:80],
        "column_map": order.column_map,
    }
    known = Source.objects.filter(portal=order.portal, key=key).first()
    if order.is_dry_run:
        return known or Source(portal=order.portal, key=key, **values)
    source, _ = Source.objects.update_or_create(
        portal=order.portal, key=key, defaults=values, create_defaults=values
    )
    return source


@contextmanager
def _alone(source: Source) -> Iterator[None]:
    """Let one run of a source work at a time; the lock falls with the connection."""
    if source.pk is None:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, source.pk])
        if not cursor.fetchone()[0]:
            raise ImportBusyError
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, source.pk])


def _open_run(order: ImportOrder, source: Source, *, by: Actor, at: datetime) -> ImportRun:
    digest = _digest(order.path)
    if order.is_dry_run:
        return ImportRun(source=source, file_name=order.path.name[:255], file_digest=digest)
    run = find_unfinished_run(source, digest)
    if run is None:
        run = ImportRun.objects.create(
            source=source, file_name=order.path.name[:255], file_digest=digest, started_at=at
        )
        journal.record(run, "started", by=by, at=at, detail={"file": run.file_name})
    elif run.state != RunState.RUNNING:
        journal.move(run, RunState.RUNNING, table=RUN_TRANSITIONS, by=by, at=at)
    return run


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return digest.hexdigest()


def _work(
    order: ImportOrder, run: ImportRun, *, by: Actor, at: datetime, progress: Progress | None
) -> Summary:
    summary = Summary.from_json(run.summary) if run.mark else Summary()
    summary.run_id = run.pk
    shop = _furnish(order, run, by=by, at=at)
    tally: Tally = Counter()
    path = _report_path(order, run, at)
    summary.report_path = str(path)
    with ReportFile(path, keep_bytes=summary.report_bytes) as report:
        records = order.reader(shop.finder, tally)
        for _ in islice(records, run.mark):
            continue  # committed before the run was cut short
        while batch := list(islice(records, order.batch_size)):
            _commit(batch, order, shop, summary, report)
            summary.passed.update(tally)
            tally.clear()
            if progress:
                progress(summary)
        summary.passed.update(tally)
        _finish(order, run, shop, summary, report)
    return summary


def _furnish(order: ImportOrder, run: ImportRun, *, by: Actor, at: datetime) -> Workshop:
    source = run.source
    is_register = order.layout is SourceFormat.SIRENE
    return Workshop(
        run=run,
        source_ref=SourceRef(
            kind=SourceKind(source.kind),
            label=source.name,
            licence=source.licence,
            dated_on=order.dated_on or at.date(),
        ),
        finder=CommuneFinder(order.portal),
        index=PlaceIndex(places_on(order.portal, without_siret=is_register)),
        linked=linked_ids(source) if source.pk else set(),
        categories=Category.objects.in_bulk(),
        by=by,
        at=at,
    )


def _commit(
    batch: list[RawRecord],
    order: ImportOrder,
    shop: Workshop,
    summary: Summary,
    report: ReportFile,
) -> None:
    with transaction.atomic():
        if order.is_dry_run:
            if shop.run.source.pk is None:
                shop.run.source.save()
            if shop.run.pk is None:
                shop.run.save()
        result = import_batch(batch, shop)
        summary.take(result)
        summary.passed.update(result.passed)
        summary.read_count += len(batch)
        summary.report_bytes = report.write(result.lines)
        if order.is_dry_run:
            transaction.set_rollback(True)
            return
        shop.run.mark += len(batch)
        shop.run.summary = summary.as_json()
        shop.run.report_path = summary.report_path
        shop.run.save(update_fields=["mark", "summary", "report_path"])


def _finish(
    order: ImportOrder, run: ImportRun, shop: Workshop, summary: Summary, report: ReportFile
) -> None:
    known = SourceRecord.objects.filter(source=run.source_id, is_gone=False).count()
    if order.is_dry_run:
        missing = max(0, known - summary.met_known_count)
        summary.counts[Outcome.REMOVED] = missing
        check_removals(known, missing, accepted=order.accepts_removals)
        return
    check_removals(known, missing_records(run).count(), accepted=order.accepts_removals)
    summary.counts[Outcome.REMOVED] += remove_missing(shop, report)
    run.summary = summary.as_json()
    run.save(update_fields=["summary"])
    _end(order, run, RunState.DONE, by=shop.by, at=shop.at)


def _end(order: ImportOrder, run: ImportRun, state: RunState, *, by: Actor, at: datetime) -> None:
    if order.is_dry_run:
        return
    with transaction.atomic():
        journal.move(run, state, table=RUN_TRANSITIONS, by=by, at=at)
        run.ended_at = at
        run.save(update_fields=["ended_at"])


def _report_path(order: ImportOrder, run: ImportRun, at: datetime) -> Path:
    if run.report_path:
        return Path(run.report_path)
    name = f"{at:%Y%m%d-%H%M%S}-{slugify(order.path.name)[:60]}"
    suffix = "-essai" if order.is_dry_run else f"-{run.pk}"
    return Path(settings.VAR_DIR) / "imports" / f"{name}{suffix}.csv"
