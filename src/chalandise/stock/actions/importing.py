"""A merchant's own file brought to the shelf, with how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.catalogue.actions import import_products
from chalandise.catalogue.importing.report import ImportReport
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.stock.actions.counting import count_many


@dataclass(frozen=True)
class ShelfReport:
    """What an import did, or would do.

    Attributes:
        report: row by row.
        below_booked: offers whose count stayed, by how many are promised to customers.
    """

    report: ImportReport
    below_booked: Mapping[int, int]


@transaction.atomic
def import_shelf(
    establishment: Establishment,
    content: bytes,
    *,
    by: Actor,
    at: datetime,
    columns: Mapping[str, int] | None = None,
    is_dry_run: bool = False,
    leaving_out_refused: bool = False,
) -> ShelfReport:
    """Do what `catalogue.actions.import_products` does, and count what the file counts.

    Raises:
        ImportRefusedError: the file as a whole cannot be read; nothing is written.
    """
    report = import_products(
        establishment,
        content,
        by=by,
        at=at,
        columns=columns,
        is_dry_run=is_dry_run,
        leaving_out_refused=leaving_out_refused,
    )
    below = count_many(report.stock, by=by, at=at) if report.stock else {}
    return ShelfReport(report, below)
