"""Commissions: what a month came to by operator and merchant, and the doors to their invoices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import lineage, list_descendant_ids
from chalandise.settlements.models import CommissionChange, CommissionInvoice
from chalandise.settlements.periods import Span
from chalandise.settlements.queries.dac7 import sellers_to_check

_SUMS = """
    SELECT o.portal_id, r.organisation_id, sum(r.commission_cents), count(*),
        coalesce(sum(r.commission_cents) FILTER (WHERE r.paid_by = 'online_card'), 0)
    FROM settlements_salesrecord r
    JOIN ordering_merchantorder m ON m.number = split_part(r.reference, '/', 1)
    JOIN ordering_order o ON o.id = m.order_id
    WHERE r.recorded_on BETWEEN %s AND %s AND r.commission_cents <> 0
    GROUP BY o.portal_id, r.organisation_id
"""


@dataclass(frozen=True)
class Commission:
    """What one operator earned of one merchant in a month; negative where more went back.

    ``withheld_cents`` of it the provider kept, or gave back, at each payment; the rest is of what
    was paid at the counter and nobody has paid yet.
    """

    portal_id: int
    organisation_id: int
    cents: int
    records_count: int
    withheld_cents: int

    @property
    def settled_cents(self) -> int:
        """How much of the sum nobody owes any more, without its sign."""
        withheld = self.withheld_cents if self.cents > 0 else -self.withheld_cents
        return min(max(withheld, 0), abs(self.cents))


def commissions_of(span: Span) -> list[Commission]:
    """Return the sums written in a month, by the portal that owns the host; one statement and the portals."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [span.starts_on, span.ends_on])
        rows = cursor.fetchall()
    portals = Portal.objects.select_related("parent").in_bulk({row[0] for row in rows})
    roots = {pk: lineage(portal)[-1].pk for pk, portal in portals.items()}
    sums: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for portal_id, organisation_id, cents, count, withheld in rows:
        one = sums[roots[portal_id], organisation_id]
        one[0] += int(cents)
        one[1] += int(count)
        one[2] += int(withheld)
    return [Commission(*key, *one) for key, one in sorted(sums.items())]


def sellers_on(portal: Portal) -> QuerySet[Organisation]:
    """Return who sells in the portal or below it."""
    shops = Establishment.objects.on(portal).filter(organisation=OuterRef("pk"))
    return sellers_to_check().filter(Exists(shops.order_by()))


def coming_change(portal: Portal) -> CommissionChange | None:
    """Return the higher commission that was announced for a portal and does not hold yet."""
    root = portal if portal.parent_id is None else lineage(portal)[-1]
    found = CommissionChange.objects.filter(portal=root.pk, applied_at=None, withdrawn_at=None)
    return found.first()


def changes_that_hold(*, on: date) -> list[int]:
    """Return the announced commissions whose day has come."""
    found = CommissionChange.objects.filter(
        applied_at=None, withdrawn_at=None, starts_on__lte=on, portal__parent=None
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def commission_invoices_of(organisation: Organisation) -> QuerySet[CommissionInvoice]:
    """Return what operators charged a merchant, newest first."""
    found = CommissionInvoice.objects.filter(organisation=organisation).select_related("settled")
    return found.order_by("-month", "-pk")


def commission_invoices_on(portal: Portal) -> QuerySet[CommissionInvoice]:
    """Return what the operator of a portal charged, newest first."""
    found = CommissionInvoice.objects.filter(portal__in=list_descendant_ids(portal))
    return found.select_related("organisation", "settled").order_by("-month", "-pk")


def get_commission_for_member(user: User, invoice_id: int) -> CommissionInvoice:
    """Return an invoice made out to a merchant the person acts for.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    mine = CommissionInvoice.objects.filter(organisation__memberships__user=user)
    found = mine.filter(pk=invoice_id).first()
    if found is None:
        raise NotFoundError
    return found


def get_commission_on(portal: Portal, invoice_id: int) -> CommissionInvoice:
    """Return an invoice of the operator of a portal.

    Raises:
        NotFoundError: absent, or another operator's.
    """
    found = commission_invoices_on(portal).filter(pk=invoice_id).first()
    if found is None:
        raise NotFoundError
    return found
