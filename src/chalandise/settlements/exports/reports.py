"""The file of daily totals that a merchant hands to their approved platform (e-reporting)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import pgettext

from chalandise.settlements.exports.tables import Table, amount, count, day, percent
from chalandise.settlements.models import DailyTotal


def daily_totals_table(organisation_id: int, starts_on: date, ends_on: date) -> Table:
    """Return the totals of a period, deltas included; the rows of a day add up to its truth."""
    kinds = {"goods": pgettext("export", "goods"), "service": pgettext("export", "services")}
    rows = DailyTotal.objects.filter(
        organisation_id=organisation_id, on__range=(starts_on, ends_on)
    ).order_by("on", "revision", "rate_bp", "kind")
    return Table(
        f"e-reporting-{starts_on}-{ends_on}",
        (
            pgettext("export", "Day"),
            pgettext("export", "Category"),
            pgettext("export", "VAT rate (%)"),
            pgettext("export", "Sales"),
            pgettext("export", "Excl. tax"),
            pgettext("export", "VAT"),
            pgettext("export", "Incl. tax"),
            pgettext("export", "Revision"),
        ),
        tuple(
            (
                day(row.on),
                kinds.get(row.kind, row.kind),
                percent(row.rate_bp),
                count(row.sales_count),
                amount(row.net_cents),
                amount(row.tax_cents),
                amount(row.gross_cents),
                count(row.revision),
            )
            for row in rows
        ),
    )
