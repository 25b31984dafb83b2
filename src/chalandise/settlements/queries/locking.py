"""Rows that are held while the next number is given."""

from __future__ import annotations

from chalandise.portals.models import Portal
from chalandise.settlements.models import (
    CommissionSeries,
    DueDiligence,
    InvoiceSeries,
    SalesChain,
)


def lock_chain(organisation_id: int, *, timezone: str = "Europe/Paris") -> SalesChain:
    """Hold the end of a merchant's journal of sales, begun on first use.

    Everything written about one merchant's money passes here first, so it happens one after the
    other and is told once.
    """
    SalesChain.objects.bulk_create(
        [SalesChain(organisation_id=organisation_id, timezone=timezone)], ignore_conflicts=True
    )
    return SalesChain.objects.select_for_update().get(organisation_id=organisation_id)


def lock_series(organisation_id: int, kind: str, year: int) -> InvoiceSeries:
    """Hold the series of a merchant, kind and year, begun on first use."""
    InvoiceSeries.objects.bulk_create(
        [InvoiceSeries(organisation_id=organisation_id, kind=kind, year=year)],
        ignore_conflicts=True,
    )
    return InvoiceSeries.objects.select_for_update().get(
        organisation_id=organisation_id, kind=kind, year=year
    )


def lock_commission_series(portal_id: int, kind: str, year: int) -> CommissionSeries:
    """Return an operator's series, made if it is the first, held until the transaction ends."""
    CommissionSeries.objects.bulk_create(
        [CommissionSeries(portal_id=portal_id, kind=kind, year=year)], ignore_conflicts=True
    )
    held = CommissionSeries.objects.select_for_update()
    return held.get(portal_id=portal_id, kind=kind, year=year)


def lock_rate(portal_id: int) -> Portal:
    """Hold an operator's portal while its commission is decided; orders go on being placed there."""
    return Portal.objects.select_for_update(no_key=True).get(pk=portal_id)


def lock_diligence(organisation_id: int) -> DueDiligence | None:
    """Hold what is asked of a seller; none while nothing ever was."""
    return DueDiligence.objects.select_for_update().filter(organisation=organisation_id).first()
