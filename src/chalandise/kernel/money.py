"""Sums in integer cents: sharing, rounding, and the value-added tax inside a gross sum.

One rule of rounding serves cart, order, invoice and Factur-X (fault 17): *per merchant order, the
tax of each rate is computed once, on the sum of the gross amounts at that rate*, rounded half up
to the cent. Three loaves at 1.99 € and 5.5 % weigh 5.97 € gross, of which 0.31 € is tax; the sum
of the taxes of each line would say 0.30 €. `docs/algorithms/rounding.md` works it out.

Rates are whole basis points (5.5 % is 550), so that no float comes near money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BASIS = 10_000


@dataclass(frozen=True)
class VatLine:
    """What one rate amounts to.

    Attributes:
        rate_bp: the rate in basis points.
        gross_cents: with tax.
        net_cents: without tax; ``net_cents + tax_cents == gross_cents``.
        tax_cents: the tax alone.
    """

    rate_bp: int
    gross_cents: int
    net_cents: int
    tax_cents: int


def round_half_up(numerator: int, denominator: int) -> int:
    """Return ``numerator / denominator`` rounded to the nearest, halves away from zero.

    ``round_half_up(5, 2) == 3`` and ``round_half_up(-5, 2) == -3``, so that a sum and its opposite
    always cancel.
    """
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def portion(cents: int, rate_bp: int) -> int:
    """Return so many basis points of a sum, rounded half up: ``portion(2940, 250) == 74``."""
    return round_half_up(cents * rate_bp, BASIS)


def tax_within(gross_cents: int, rate_bp: int) -> int:
    """Return the tax that a gross sum contains: ``tax_within(597, 550) == 31``."""
    return round_half_up(gross_cents * rate_bp, BASIS + rate_bp)


def vat_by_rate(amounts: Iterable[tuple[int, int]]) -> tuple[VatLine, ...]:
    """Sum up pairs of (rate in basis points, gross cents) by rate, lowest rate first."""
    gross: defaultdict[int, int] = defaultdict(int)
    for rate_bp, cents in amounts:
        gross[rate_bp] += cents
    return tuple(_line(rate_bp, cents) for rate_bp, cents in sorted(gross.items()))


def vat_of_change(
    before: Iterable[tuple[int, int]], after: Iterable[tuple[int, int]]
) -> tuple[VatLine, ...]:
    """Return the tax given back when ``before`` becomes ``after``: a refund, a final weight.

    It is the tax of what stood before less the tax of what stands after, so that the refunds of
    an order, in any number and sequence, add up to its tax exactly.
    """
    stood = {line.rate_bp: line for line in vat_by_rate(before)}
    stands = {line.rate_bp: line for line in vat_by_rate(after)}
    nothing = VatLine(0, 0, 0, 0)
    lines = []
    for rate_bp in sorted(stood.keys() | stands.keys()):
        was, now = stood.get(rate_bp, nothing), stands.get(rate_bp, nothing)
        gross, tax = was.gross_cents - now.gross_cents, was.tax_cents - now.tax_cents
        if gross or tax:
            lines.append(VatLine(rate_bp, gross, gross - tax, tax))
    return tuple(lines)


def split_cents(total: int, weights: Sequence[int]) -> list[int]:
    """Share a sum in proportion to ``weights`` so that the parts add up to it exactly.

    The cents that are left after rounding down go to the largest remainders, the first of equals
    first. With no weight at all the shares are equal.

    >>> split_cents(1000, [1, 1, 1])
    [334, 333, 333]

    Args:
        total: cents to share; a negative sum (a refund) is shared like its opposite.
        weights: one whole number for each part, none negative.

    Raises:
        ValueError: a negative weight, or a sum to share among nobody.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a share cannot weigh less than nothing")
    if not weights:
        if total:
            raise ValueError("nobody to share with")
        return []
    if total < 0:
        return [-part for part in split_cents(-total, weights)]
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def euros(cents: int) -> str:
    """Write a sum as French people do: ``1 234,50 €``, with spaces that do not break."""
    sign = "−" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units:,}".replace(",", "\u202f") + f",{rest:02d}\u00a0€"


def _line(rate_bp: int, gross_cents: int) -> VatLine:
    tax = tax_within(gross_cents, rate_bp)
    return VatLine(rate_bp, gross_cents, gross_cents - tax, tax)
