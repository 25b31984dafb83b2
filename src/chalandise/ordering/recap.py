"""The recap of essentials, as it stands just above the button (code de la consommation, L221-14).

A frozen dataclass in, JSON out, with a SHA-256 digest over its canonical form: what the customer saw
is what is kept with the order, word for word and cent for cent (invariant I11). It holds codes and
amounts, not sentences: the page that shows it and the e-mail that repeats it choose the words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from chalandise.kernel.money import vat_by_rate
from chalandise.ordering.sharing import PlannedLine

VERSION = 1
WITHDRAWAL_DAYS = 14
GUARANTEE_NOTICE = (
    "EU 2025/1960"  # told in words, and by the notice itself where the operator laid it down
)
BUTTON = "commande_avec_obligation_de_paiement"


@dataclass(frozen=True)
class RecapLine:
    """One line: what, how many, for how much, and what the law wants said of it.

    ``withdrawal_exception`` is a reason of L221-28, blank where fourteen days apply; ``durability``
    is what is told of how long it lasts (`catalogue.durability`), by key.
    """

    name: str
    basket_name: str
    quantity: int
    unit_price_cents: int
    total_cents: int
    unit_price: str
    reference_price_cents: int | None
    vat_rate_bp: int
    goods_kind: str
    withdrawal_exception: str
    is_alcohol: bool
    minimum_age: int
    allergens: list[str] | None
    is_weight_priced: bool
    estimate_grams: int | None
    tolerance_percent: int
    durability: dict[str, str]


@dataclass(frozen=True)
class RecapVat:
    """The tax of one merchant at one rate."""

    rate_bp: int
    gross_cents: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True)
class RecapMerchant:
    """One contract: with whom, for what, how and when it is received.

    Attributes:
        establishment: the name of the shop.
        seller: identity, contact, mediator and terms of who is bound.
        way: how the customer gets it: kind, label, address.
        starts_at: start of the slot in local time, blank without slot.
        promised_on: the latest day of delivery.
        gathered_by: the shop it is collected with, blank if by itself.
    """

    establishment: str
    seller: dict[str, Any]
    way: dict[str, Any]
    starts_at: str
    ends_at: str
    promised_on: str
    gathered_by: str
    lines: list[RecapLine]
    items_cents: int
    fee_cents: int
    total_cents: int
    vat: list[RecapVat]


@dataclass(frozen=True)
class Recap:
    """Everything essential about an order, before it is one."""

    portal: str
    customer: dict[str, Any]
    merchants: list[RecapMerchant]
    items_cents: int
    fee_cents: int
    total_cents: int
    has_alcohol: bool
    minimum_age: int
    version: int = VERSION
    withdrawal_days: int = WITHDRAWAL_DAYS
    guarantee_notice: str = GUARANTEE_NOTICE
    button: str = BUTTON

    @property
    def needs_age(self) -> bool:
        """Whether the customer must declare an age."""
        return self.minimum_age > 0

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the order."""
        merchants = [
            {
                **vars(one),
                "lines": [dict(vars(line)) for line in one.lines],
                "vat": [dict(vars(vat)) for vat in one.vat],
            }
            for one in self.merchants
        ]
        return {**{name: getattr(self, name) for name in _FIELDS}, "merchants": merchants}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the recap, by which a page shown can be compared with one to be stored."""
        return digest_of(self.as_json())


_FIELDS = tuple(one.name for one in fields(Recap))


def digest_of(stored: dict[str, Any]) -> str:
    """Return the hex SHA-256 of JSON in its canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def recap_line(line: PlannedLine) -> RecapLine:
    """Return what the recap says of a planned line."""
    name = line.product_name
    return RecapLine(
        name=f"{name} – {line.variant_name}" if line.variant_name else name,
        basket_name=line.basket_name,
        quantity=line.quantity,
        unit_price_cents=line.unit_price_cents,
        total_cents=line.total_cents,
        unit_price=line.unit_price,
        reference_price_cents=line.reference_price_cents,
        vat_rate_bp=line.vat_rate_bp,
        goods_kind=line.goods_kind,
        withdrawal_exception=line.withdrawal_exception,
        is_alcohol=line.is_alcohol,
        minimum_age=line.minimum_age,
        allergens=None if line.allergens is None else list(line.allergens),
        is_weight_priced=line.is_weight_priced,
        estimate_grams=line.estimate_grams,
        tolerance_percent=line.tolerance_percent,
        durability=dict(line.durability),
    )


def vat_of(lines: Iterable[PlannedLine], *, fee_cents: int, fee_rate_bp: int) -> list[RecapVat]:
    """Return the tax of one merchant order by rate, delivery included (`kernel.money`)."""
    amounts = [(line.vat_rate_bp, line.total_cents) for line in lines]
    if fee_cents:
        amounts.append((fee_rate_bp, fee_cents))
    return [
        RecapVat(one.rate_bp, one.gross_cents, one.net_cents, one.tax_cents)
        for one in vat_by_rate(amounts)
    ]


def recap_of(*, portal: str, customer: dict[str, Any], merchants: list[RecapMerchant]) -> Recap:
    """Sum up the parts of an order."""
    lines = [line for one in merchants for line in one.lines]
    return Recap(
        portal=portal,
        customer=customer,
        merchants=merchants,
        items_cents=sum(one.items_cents for one in merchants),
        fee_cents=sum(one.fee_cents for one in merchants),
        total_cents=sum(one.total_cents for one in merchants),
        has_alcohol=any(line.is_alcohol for line in lines),
        minimum_age=max((line.minimum_age for line in lines), default=0),
    )
