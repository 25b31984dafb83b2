"""The accountant's export: entries in the columns of the FEC (LPF, art. A47 A-1).

One numbered entry a record of the journal of sales, balanced: the sale with its tax by rate, how it
was paid, the commission where there is one. Account numbers are those of the general plan; an
accountant maps them in one minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chalandise.kernel.money import tax_within
from chalandise.settlements.exports.tables import Table, amount, count, percent
from chalandise.settlements.facts import COMMISSION_VAT_BP
from chalandise.settlements.models import Invoice, SalesRecord
from chalandise.settlements.queries.totals import records_of
from chalandise.settlements.states import PaidBy, RecordKind

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
CUSTOMERS = ("411000", "Clients")
SALES = {"goods": ("707000", "Ventes de marchandises"), "service": ("706000", "Prestations")}
TAX = ("445710", "TVA collectée")
MONEY = {
    PaidBy.ONLINE_CARD: ("511700", "Encaissements en ligne"),
    PaidBy.CARD: ("511500", "Cartes bancaires"),
    PaidBy.CASH: ("531000", "Caisse"),
}
COMMISSION = ("622600", "Commissions de la plateforme")
COMMISSION_TAX = ("445660", "TVA déductible")
PLATFORM = ("401000", "Plateforme")


@dataclass(frozen=True)
class _Move:
    journal: tuple[str, str]
    account: tuple[str, str]
    label: str
    cents: int  # debit positive


def accounting_table(organisation_id: int, starts_on: date, ends_on: date) -> Table:
    """Return the entries of a period, two queries whatever its length."""
    records = list(records_of(organisation_id, starts_on, ends_on))
    documents = Invoice.objects.filter(
        organisation_id=organisation_id, reference__in={record.reference for record in records}
    )
    numbers = {one.source: one.number for one in documents}
    rows = [row for record in records for row in _rows(record, _piece(record, numbers))]
    return Table(f"ecritures-{starts_on}-{ends_on}", COLUMNS, tuple(rows))


def _piece(record: SalesRecord, numbers: dict[str, str]) -> str:
    suffix = "invoice" if record.kind == RecordKind.SALE else "credit_note"
    return numbers.get(f"{record.source}:{suffix}", record.reference)


def _rows(record: SalesRecord, piece: str) -> Iterator[tuple[str, ...]]:
    on = f"{record.happened_on:%Y%m%d}"
    for move in _moves(record):
        if not move.cents:
            continue
        yield (
            *move.journal,
            count(record.number),
            on,
            *move.account,
            "",
            "",
            piece,
            on,
            move.label,
            amount(max(move.cents, 0)),
            amount(max(-move.cents, 0)),
            "",
            "",
            f"{record.recorded_on:%Y%m%d}",
            "",
            "",
        )


def _moves(record: SalesRecord) -> Iterator[_Move]:
    sales, money = ("VE", "Ventes"), ("BQ", "Encaissements")
    what = "Vente" if record.kind == RecordKind.SALE else "Remboursement"
    label = f"{what} {record.reference}"
    yield _Move(sales, CUSTOMERS, label, record.gross_cents)
    for one in record.taxes:
        rate = percent(one["rate_bp"])
        yield _Move(sales, SALES[one["kind"]], f"{label} {rate} %", -one["net_cents"])
        yield _Move(sales, TAX, f"{label} {rate} %", -one["tax_cents"])
    yield _Move(money, MONEY[PaidBy(record.paid_by)], label, record.gross_cents)
    yield _Move(money, CUSTOMERS, label, -record.gross_cents)
    if record.commission_cents:
        tax = tax_within(record.commission_cents, COMMISSION_VAT_BP)
        fees = ("AC", "Achats")
        yield _Move(
            fees, COMMISSION, f"Commission {record.reference}", record.commission_cents - tax
        )
        yield _Move(fees, COMMISSION_TAX, f"Commission {record.reference}", tax)
        yield _Move(fees, PLATFORM, f"Commission {record.reference}", -record.commission_cents)
