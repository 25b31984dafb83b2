"""Tables of settlements, one file per subject."""

from chalandise.settlements.models.commissions import (
    CommissionChange,
    CommissionInvoice,
    CommissionPaid,
    CommissionSeries,
)
from chalandise.settlements.models.diligence import DueDiligence
from chalandise.settlements.models.invoices import Invoice, InvoiceFile, InvoiceSeries
from chalandise.settlements.models.ledger import LedgerEntry, LedgerJournal
from chalandise.settlements.models.notices import ThresholdNotice
from chalandise.settlements.models.sales import (
    DailyTotal,
    SalesChain,
    SalesClosure,
    SalesRecord,
)
from chalandise.settlements.models.statements import Statement

__all__ = [
    "CommissionChange",
    "CommissionInvoice",
    "CommissionPaid",
    "CommissionSeries",
    "DailyTotal",
    "DueDiligence",
    "Invoice",
    "InvoiceFile",
    "InvoiceSeries",
    "LedgerEntry",
    "LedgerJournal",
    "SalesChain",
    "SalesClosure",
    "SalesRecord",
    "Statement",
    "ThresholdNotice",
]
