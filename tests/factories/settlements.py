"""Sales and refunds as plain facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from chalandise.directory.models import Establishment
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.settlements.actions.commissions import issue_commission
from chalandise.settlements.facts import GivenBack, Sale, SoldLine
from chalandise.settlements.invoicing.document import DocumentKind, InvoiceDocument, Means, Party
from chalandise.settlements.models import CommissionInvoice
from chalandise.settlements.periods import month
from chalandise.settlements.queries.commissions import Commission
from chalandise.settlements.states import PaidBy

_number = count(1)

BAKER = Party(
    "Au Pain de Chanvre",
    ("12 rue Nationale",),
    "46000",
    "Cahors",
    siren="732829320",
    vat_number="FR44732829320",
    legal_form="SARL au capital de 8 000 €",
    email="claire@exemple.test",
    phone="+33565000001",
)
NADIA = Party("Nadia Cabas", email="nadia@exemple.test")
TOWN_HALL = Party("Mairie de Figeac", ("5 rue Colomb",), "46100", "Figeac", siren="214601023")

LOAVES = SoldLine("1", "Pain de campagne", Decimal(3), 597, 550)
WINE = SoldLine("2", "Vin de Cahors, 75 cl", Decimal(2), 1980, 2000)
FEE = SoldLine("fee", "Livraison", Decimal(1), 350, 2000, kind="service")


def sale(organisation: Organisation, *lines: SoldLine, at: datetime, **fields: object) -> Sale:
    """Make a paid sale of the bakery, under its mandate."""
    values: dict[str, object] = {
        "reference": f"K7QF-{next(_number)}",
        "organisation_id": organisation.pk,
        "timezone": "Europe/Paris",
        "seller": BAKER,
        "buyer": NADIA,
        "lines": lines or (LOAVES, WINE, FEE),
        "paid_by": PaidBy.ONLINE_CARD,
        "happened_at": at,
        "mandatary": "Chambre de démonstration",
        **fields,
    }
    return Sale(**values)  # type: ignore[arg-type]


def given_back(sold: Sale, amount_cents: int, *lines: SoldLine, at: datetime) -> GivenBack:
    """Make a refund of a sale."""
    return GivenBack(
        reference=sold.reference,
        organisation_id=sold.organisation_id,
        amount_cents=amount_cents,
        paid_by=sold.paid_by,
        happened_at=at,
        lines=lines,
    )


def commission(
    portal: Portal, shop: Establishment, cents: int = 1_200, *, on: date = date(2026, 10, 1)
) -> CommissionInvoice:
    """Invoice the operator's commission on a month of a shop; the one it has, asked again."""
    Portal.objects.filter(pk=portal.pk).update(
        operator_siren="775709702", operator_address="1 place de la Mairie\n46000 Cahors"
    )
    assert shop.organisation_id is not None, "a seller has an organisation"
    after = month(on.year, on.month).ends_on + timedelta(days=2)
    made = issue_commission(
        Commission(portal.pk, shop.organisation_id, cents, 3, cents),
        month(on.year, on.month),
        at=datetime.combine(after, time(5), tzinfo=UTC),
    )
    if made is None:  # a month is invoiced once, and several rows of one test ask for it
        return CommissionInvoice.objects.get(
            portal=portal, organisation=shop.organisation_id, month=on, kind="invoice"
        )
    return made


def document(**fields: object) -> InvoiceDocument:
    """Make the invoice of three loaves, two bottles and a delivery."""
    values: dict[str, object] = {
        "kind": DocumentKind.INVOICE,
        "number": "CH-2026-F00012",
        "issued_on": date(2026, 11, 21),
        "order_number": "K7QF-3M",
        "seller": BAKER,
        "buyer": NADIA,
        "lines": tuple(one.as_invoiced() for one in (LOAVES, WINE, FEE)),
        "mandatary": "Chambre de démonstration",
        "means": Means.ONLINE_CARD,
        "paid_cents": 2927,
        "paid_on": date(2026, 11, 21),
        **fields,
    }
    return InvoiceDocument(**values)  # type: ignore[arg-type]
