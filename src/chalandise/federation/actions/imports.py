"""One run: a file read from end to end, batch by batch, resumable from its mark."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from chalandise.directory.actions.categories import load_categories
from chalandise.directory.classification import category_for_naf
from chalandise.directory.models import Category
from chalandise.directory.queries.filing import filing_categories
from chalandise.directory.states import SourceKind
from chalandise.directory.values import SourceRef
from chalandise.federation.actions.batches import import_batch
from chalandise.federation.actions.removals import check_removals, remove_missing
from chalandise.federation.actions.runs import Summary, alone_on, forgetting_statements
from chalandise.federation.actions.workshop import Workshop
from chalandise.federation.errors import RunWaitsError
from chalandise.federation.matching import lay_out
from chalandise.federation.models import ImportRun, Source, SourceRecord
from chalandise.federation.queries import (
    CommuneFinder,
    find_unfinished_run,
    missing_records,
    places_on,
)
from chalandise.federation.readers.days import day_of
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.reports import Outcome, ReportFile
from chalandise.federation.states import RUN_TRANSITIONS, RunState, SourceFormat
from chalandise.federation.trial import remember_links
from chalandise.journal import actions as journal
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal

BATCH_SIZE = 1000

KIND_OF_FORMAT = {
    SourceFormat.SIRENE: SourceKind.REGISTER,
    SourceFormat.OSM: SourceKind.COMMUNITY,
    SourceFormat.CSV: SourceKind.LOCAL_FILE,
}

Reader = Callable[[CommuneFinder, Tally], Iterator[RawRecord]]
Progress = Callable[["Summary"], None]


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
    if not order.is_dry_run:
        load_categories(by=by, at=at)
    source = _source(order)
    with alone_on(source), forgetting_statements():
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
    summary.dated_on = order.dated_on or summary.dated_on or day_of(order.path, today=at.date())
    tally: Tally = Counter()
    path = _report_path(order, run, at)
    summary.report_path = str(path)
    with ExitStack() as laid:
        shop = _furnish(order, run, laid, dated_on=summary.dated_on, by=by, at=at)
        report = laid.enter_context(ReportFile(path, keep_bytes=summary.report_bytes))
        records = order.reader(shop.finder, tally)
        for _ in islice(records, run.mark):
            continue  # committed before the run was cut short
        tally.clear()
        while batch := list(islice(records, order.batch_size)):
            summary.pass_over(tally)
            _commit(batch, order, shop, summary, report)
            gc.collect()  # sheets and their facts hold each other: they are not left to pile up
            if progress:
                progress(summary)
        summary.pass_over(tally)
        _finish(order, run, shop, summary, report)
    return summary


def _furnish(
    order: ImportOrder,
    run: ImportRun,
    laid: ExitStack,
    *,
    dated_on: date,
    by: Actor,
    at: datetime,
) -> Workshop:
    """Gather what every batch needs; what stands in tables of its own lasts as long as ``laid``."""
    source = run.source
    is_register = order.layout is SourceFormat.SIRENE
    categories = _trial_categories(by=by, at=at) if order.is_dry_run else filing_categories()
    return Workshop(
        run=run,
        source_ref=SourceRef(
            kind=SourceKind(source.kind),
            label=source.name,
            licence=source.licence,
            dated_on=dated_on,
        ),
        finder=CommuneFinder(order.portal),
        index=laid.enter_context(lay_out(places_on(order.portal, without_siret=is_register))),
        trial_links=laid.enter_context(remember_links()) if order.is_dry_run else None,
        categories=categories,
        activities=_own_activities(categories) if is_register else {},
        by=by,
        at=at,
    )


def _trial_categories(*, by: Actor, at: datetime) -> dict[str, Category]:
    """Return the categories to file under as a run would have them, and leave none behind."""
    with transaction.atomic():
        load_categories(by=by, at=at)
        found = filing_categories()
        transaction.set_rollback(True)
    return found


def _own_activities(categories: dict[str, Category]) -> dict[str, str]:
    """Return the activity codes that operators filed elsewhere than the shipped classification."""
    return {
        code: one.key
        for one in categories.values()
        if one.is_custom
        for code in one.naf_codes
        if (shipped := category_for_naf(code)) is None or shipped.key != one.key
    }


def _commit(
    batch: list[RawRecord],
    order: ImportOrder,
    shop: Workshop,
    summary: Summary,
    report: ReportFile,
) -> None:
    with transaction.atomic():
        if order.is_dry_run:
            _lay_out_trial(shop)
        result = import_batch(batch, shop)
        summary.take(result)
        summary.passed.update(result.passed)
        summary.read_count += len(batch)
        summary.report_bytes = report.write(result.lines)
        if order.is_dry_run:
            transaction.set_rollback(True)
        else:
            _advance(shop.run, len(batch), summary)
    if shop.trial_links:
        shop.trial_links.keep()


def _lay_out_trial(shop: Workshop) -> None:
    """Have the rows that a batch refers to, for as long as its transaction lasts."""
    Category.objects.bulk_create(shop.categories.values(), ignore_conflicts=True)
    if shop.run.source.pk is None:
        shop.run.source.save()
    if shop.run.pk is None:
        shop.run.save()


def _advance(run: ImportRun, count: int, summary: Summary) -> None:
    """Move the mark with the batch, in its transaction."""
    run.mark += count
    run.summary = summary.as_json()
    run.report_path = summary.report_path
    run.save(update_fields=["mark", "summary", "report_path"])


def _finish(
    order: ImportOrder, run: ImportRun, shop: Workshop, summary: Summary, report: ReportFile
) -> None:
    if order.is_dry_run:
        known = SourceRecord.objects.filter(source=run.source_id, is_gone=False).count()
        missing = max(0, known - summary.met_known_count)
        summary.counts[Outcome.REMOVED] = missing
        check_removals(summary, missing, accepted=order.accepts_removals)
        return
    missing = missing_records(run).count()
    check_removals(summary, missing, accepted=order.accepts_removals)
    summary.counts[Outcome.REMOVED] += remove_missing(run, report, by=shop.by, at=shop.at)
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
