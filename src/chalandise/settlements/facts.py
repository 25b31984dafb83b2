"""What settlements needs to know of a sale or a refund, as plain frozen values. Pure.

The subscribers build them from orders and payments; tests and the demo build them by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from chalandise.kernel.money import portion
from chalandise.settlements.invoicing.document import GoodsKind, InvoiceLine, Party
from chalandise.settlements.states import PaidBy
from chalandise.settlements.taxes import Key, standing_of

COMMISSION_VAT_BP = 2000
"""The operator's service to a merchant is taxed at the standard rate."""


@dataclass(frozen=True)
class SoldLine:
    """One line of a sale, delivery included, at its price with all taxes.

    Attributes:
        key: the order line, ``fee`` for delivery.
        name: what it is.
        quantity: how much of ``unit``.
        gross_cents: for all of it.
        rate_bp: rate of value-added tax.
        kind: goods or service.
        detail: the variant or the like.
        unit: UN/ECE recommendation 20.
    """

    key: str
    name: str
    quantity: Decimal
    gross_cents: int
    rate_bp: int
    kind: GoodsKind = "goods"
    detail: str = ""
    unit: str = "C62"

    def as_invoiced(self) -> InvoiceLine:
        """Return the line as an invoice prints it."""
        return InvoiceLine(
            self.name,
            self.quantity,
            self.gross_cents,
            self.rate_bp,
            self.detail,
            self.unit,
            self.kind,
        )


@dataclass(frozen=True)
class Sale:
    """A merchant order that was paid.

    Attributes:
        reference: number of the merchant order.
        organisation_id: the merchant.
        timezone: of the establishment; days follow it.
        seller: the merchant as copied on the order.
        buyer: the customer as copied on the order.
        lines: what was sold.
        paid_by: how.
        happened_at: when the customer paid.
        commission_bp: frozen on the order; the commission includes its tax, as all prices do.
        is_franchise: the merchant collects no tax.
        is_on_debits: the merchant opted for the tax on debits.
        mandatary: the operator, where the merchant accepted the mandate; empty: no invoice.
        delivered_on: day of handing over, where it is known.
        delivery: where it is brought.
    """

    reference: str
    organisation_id: int
    timezone: str
    seller: Party
    buyer: Party
    lines: tuple[SoldLine, ...]
    paid_by: PaidBy
    happened_at: datetime
    commission_bp: int = 0
    is_franchise: bool = False
    is_on_debits: bool = False
    mandatary: str = ""
    delivered_on: date | None = None
    delivery: Party | None = None

    @property
    def gross_cents(self) -> int:
        """What the customer paid."""
        return sum(line.gross_cents for line in self.lines)

    @property
    def standing(self) -> dict[Key, int]:
        """Gross by kind and rate."""
        return standing_of((line.kind, line.rate_bp, line.gross_cents) for line in self.lines)


@dataclass(frozen=True)
class GivenBack:
    """A refund that the customer has received.

    Attributes:
        reference: number of the merchant order.
        organisation_id: the merchant.
        amount_cents: what was given back.
        paid_by: how.
        happened_at: when.
        lines: what it is for, where it is for lines; a refund by amount has none.
        reason: for the credit note, in a person's words.
    """

    reference: str
    organisation_id: int
    amount_cents: int
    paid_by: PaidBy
    happened_at: datetime
    lines: tuple[SoldLine, ...] = field(default=())
    reason: str = ""


def commission_of(gross_cents: int, commission_bp: int) -> int:
    """Return the commission on a gross sum, its tax included, rounded half up."""
    return portion(gross_cents, commission_bp)
