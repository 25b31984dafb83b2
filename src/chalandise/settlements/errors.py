"""Errors of the room.

ChalandiseError
├── UnbalancedError       a journal whose entries do not sum to zero
├── MoreThanStandsError   a refund above what stands of the sale
├── NothingLeftError      an invoice of which nothing is left to pay
├── NoSaleError           a refund of something that was never recorded as sold
└── BrokenChainError      the journal of sales does not verify; carries where
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class UnbalancedError(ChalandiseError):
    """A journal's entries do not sum to zero.

    Attributes:
        source: the fact that was to be written.
        sum_cents: what they sum to.
    """

    def __init__(self, source: str, sum_cents: int) -> None:
        super().__init__(f"{source} sums to {sum_cents}")
        self.source = source
        self.sum_cents = sum_cents


class MoreThanStandsError(ChalandiseError):
    """A refund above what stands of the sale.

    Attributes:
        reference: the merchant order.
        asked_cents: the refund.
        stands_cents: what is left of the sale.
    """

    def __init__(self, reference: str, asked_cents: int, stands_cents: int) -> None:
        super().__init__(f"{reference}: {asked_cents} asked, {stands_cents} stands")
        self.reference = reference
        self.asked_cents = asked_cents
        self.stands_cents = stands_cents


class NothingLeftError(ChalandiseError):
    """An invoice of which nothing is left to pay."""


class NoSaleError(ChalandiseError):
    """Nothing was recorded as sold under this reference (yet)."""


class BrokenChainError(ChalandiseError):
    """A row of the journal of sales is not what was written.

    Attributes:
        where: the row, for a person.
        why: what does not match.
    """

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why
