"""An invoice or a credit note as a value that cannot be wrong.

Prices here are consumers' prices, so amounts start from the gross. The tax of each rate is the one
of `chalandise.kernel.money` (fault 17: once per rate on the sum); what is left is the net, and it
is shared among the lines of that rate by largest remainder, so that lines, rates and totals agree
to the cent in the PDF and in the XML.
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal

from chalandise.kernel.money import VatLine, split_cents, vat_by_rate

FRANCHISE_MENTION = "TVA non applicable, art. 293 B du CGI"
DEBITS_MENTION = "Option pour le paiement de la taxe d’après les débits"

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")  # no order is numbered so

GoodsKind = Literal["goods", "service"]


class DocumentKind(StrEnum):
    """Which of the two documents it is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Means(StrEnum):
    """How the sum was paid."""

    ONLINE_CARD = "online_card"
    CARD = "card"
    CASH = "cash"


@dataclass(frozen=True)
class Party:
    """A seller, a buyer, or where goods are brought.

    Attributes:
        name: legal name of a firm, or the name a customer gave.
        lines: street and complement.
        postal_code: as printed.
        town: as printed.
        country: ISO 3166-1, two letters.
        siren: nine digits; empty for a consumer.
        vat_number: empty where there is none.
        legal_form: as a merchant's letterhead says it, such as « SARL au capital de 8 000 € ».
        email: where to write about the document.
        phone: in E.164.
    """

    name: str
    lines: tuple[str, ...] = ()
    postal_code: str = ""
    town: str = ""
    country: str = "FR"
    siren: str = ""
    vat_number: str = ""
    legal_form: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class InvoiceLine:
    """One thing sold, at its price with all taxes.

    Attributes:
        name: what it is.
        quantity: how much of ``unit``.
        gross_cents: for all of it, tax included.
        rate_bp: rate of value-added tax in basis points.
        detail: the variant, the final weight, why it is credited.
        unit: UN/ECE recommendation 20: C62 piece, KGM kilogram, LTR litre.
        kind: goods or service, which the law wants told apart.
    """

    name: str
    quantity: Decimal
    gross_cents: int
    rate_bp: int
    detail: str = ""
    unit: str = "C62"
    kind: GoodsKind = "goods"


@dataclass(frozen=True)
class InvoiceDocument:
    """Everything an invoice says; printed and serialised from nothing else.

    Attributes:
        kind: invoice or credit note; amounts are positive on both.
        number: in the merchant's series.
        issued_on: date of issue, by the merchant's clock.
        order_number: the merchant order; the month (``2026-10``) of a commission.
        seller: the merchant, as they were.
        buyer: the customer, as they were.
        lines: what was sold or is credited.
        vat: tax by rate; worked out of the lines unless given (a credit note's is the difference
            between what stood before and what stands after).
        is_franchise: the seller collects no tax (article 293 B).
        is_on_debits: the seller opted for the tax on debits (services).
        delivered_on: when the goods are handed over, where it is known.
        delivery: where goods are brought, when it is not the buyer's address.
        mandatary: who issues in the seller's name; empty where the seller does.
        means: how it was paid.
        paid_cents: how much of it was paid when the document was issued.
        paid_on: when.
        original_number: of the invoice that a credit note corrects.
        original_on: its date.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    order_number: str
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    vat: tuple[VatLine, ...] = field(default=())
    is_franchise: bool = False
    is_on_debits: bool = False
    delivered_on: date | None = None
    delivery: Party | None = None
    mandatary: str = ""
    means: Means | None = None
    paid_cents: int = 0
    paid_on: date | None = None
    original_number: str = ""
    original_on: date | None = None

    def __post_init__(self) -> None:
        amounts = [(line.rate_bp, line.gross_cents) for line in self.lines]
        worked_out = vat_by_rate(amounts)
        if not self.vat:
            object.__setattr__(self, "vat", worked_out)
        gross = [(one.rate_bp, one.gross_cents) for one in worked_out]
        if gross != [(one.rate_bp, one.gross_cents) for one in self.vat]:
            raise ValueError("the lines and the tax by rate tell different sums")
        if any(one.net_cents + one.tax_cents != one.gross_cents for one in self.vat):
            raise ValueError("net and tax make no gross")
        if not self.lines or any(line.quantity <= 0 or line.gross_cents < 0 for line in self.lines):
            raise ValueError("a document has lines, none of them negative")
        if self.is_franchise and any(one.tax_cents or one.rate_bp for one in self.vat):
            raise ValueError("no tax under article 293 B")
        if (self.kind is DocumentKind.CREDIT_NOTE) != bool(self.original_number):
            raise ValueError("a credit note, and nothing else, names the invoice it corrects")
        if not 0 <= self.paid_cents <= self.gross_cents:
            raise ValueError("paid more than it comes to")

    @cached_property
    def gross_cents(self) -> int:
        """Total with tax."""
        return sum(one.gross_cents for one in self.vat)

    @cached_property
    def net_cents(self) -> int:
        """Total without tax."""
        return sum(one.net_cents for one in self.vat)

    @cached_property
    def tax_cents(self) -> int:
        """Total tax."""
        return sum(one.tax_cents for one in self.vat)

    @cached_property
    def line_nets(self) -> tuple[int, ...]:
        """Net of each line; per rate they add up to the net of the rate."""
        of_rate: defaultdict[int, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines):
            of_rate[line.rate_bp].append(place)
        nets = [0] * len(self.lines)
        for one in self.vat:
            places = of_rate[one.rate_bp]
            shares = split_cents(one.net_cents, [self.lines[i].gross_cents for i in places])
            for place, share in zip(places, shares, strict=True):
                nets[place] = share
        return tuple(nets)

    def unit_net(self, place: int) -> Decimal:
        """Price of one unit without tax, to the ten-thousandth of a cent."""
        net = Decimal(self.line_nets[place]) / 100
        return (net / self.lines[place].quantity).quantize(Decimal("0.000001"))

    @cached_property
    def goods_kind(self) -> Literal["goods", "service", "mixed"]:
        """Whether goods, services or both are sold (décret 2022-1299)."""
        kinds = {line.kind for line in self.lines}
        if len(kinds) > 1:
            return "mixed"
        return "service" if "service" in kinds else "goods"

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of the month a commission is for; None where an order is sold."""
        found = MONTH.fullmatch(self.order_number)
        if found is None:
            return None
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])

    @property
    def mandate_mention(self) -> str:
        """Who issues the document, for whom (CGI, art. 289 I-2); empty where the seller does."""
        if not self.mandatary:
            return ""
        what = "Avoir émis" if self.kind is DocumentKind.CREDIT_NOTE else "Facture émise"
        return f"{what} par {self.mandatary} au nom et pour le compte de {self.seller.name}"

    @property
    def legal_mentions(self) -> tuple[str, ...]:
        """The sentences the law wants on this document, in its own words."""
        mentions = [self.mandate_mention] if self.mandatary else []
        if self.is_franchise:
            mentions.append(FRANCHISE_MENTION)
        if self.is_on_debits:
            mentions.append(DEBITS_MENTION)
        if self.buyer.siren:
            mentions += [text for _code, text in BUSINESS_MENTIONS]
        return tuple(mentions)


BUSINESS_MENTIONS = (
    (
        "PMD",
        "En cas de retard de paiement : trois fois le taux d’intérêt légal, exigible sans rappel",
    ),
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €"),
    ("AAB", "Pas d’escompte en cas de paiement anticipé"),
)
"""Between firms only (C. com. L441-9, L441-10), with the codes of their notes in Factur-X."""
