"""What stands of a sale, by kind and rate, and the tax of what changes. Pure.

A refund's tax is the tax of what stood before less the tax of what stands after (fault 17), for
each pair of kind and rate, so that any sequence of refunds of a whole sale restores every sum to
exactly zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chalandise.kernel.money import VatLine, split_cents, tax_within

Key = tuple[str, int]
"""Kind (goods or service) and rate in basis points."""

Standing = Mapping[Key, int]
"""Gross cents that stand, by kind and rate."""


@dataclass(frozen=True)
class TaxLine:
    """What one kind at one rate amounts to; signed."""

    kind: str
    rate_bp: int
    gross_cents: int
    net_cents: int
    tax_cents: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields, ready to be kept."""
        return asdict(self)


def standing_of(lines: Iterable[tuple[str, int, int]]) -> dict[Key, int]:
    """Sum up triples of kind, rate and gross cents."""
    sums: defaultdict[Key, int] = defaultdict(int)
    for kind, rate_bp, cents in lines:
        sums[kind, rate_bp] += cents
    return dict(sums)


def taxes_of(standing: Standing) -> tuple[TaxLine, ...]:
    """Return the tax of what stands: once per rate on the sum, then shared among the kinds."""
    lines = []
    for rate_bp in sorted({rate for _kind, rate in standing}):
        kinds = sorted(kind for kind, rate in standing if rate == rate_bp)
        gross = [standing[kind, rate_bp] for kind in kinds]
        shares = split_cents(tax_within(sum(gross), rate_bp), gross)
        lines += [
            TaxLine(kind, rate_bp, cents, cents - tax, tax)
            for kind, cents, tax in zip(kinds, gross, shares, strict=True)
        ]
    return tuple(lines)


def taxes_of_change(before: Standing, after: Standing) -> tuple[TaxLine, ...]:
    """Return what is given back when ``before`` becomes ``after``, in positive amounts."""
    stood = {(one.kind, one.rate_bp): one for one in taxes_of(before)}
    stands = {(one.kind, one.rate_bp): one for one in taxes_of(after)}
    lines = []
    for key in sorted(stood.keys() | stands.keys(), key=lambda key: (key[1], key[0])):
        nothing = TaxLine(*key, 0, 0, 0)
        was, now = stood.get(key, nothing), stands.get(key, nothing)
        gross, tax = was.gross_cents - now.gross_cents, was.tax_cents - now.tax_cents
        if gross or tax:
            lines.append(TaxLine(*key, gross, gross - tax, tax))
    return tuple(lines)


def by_rate(lines: Iterable[TaxLine]) -> tuple[VatLine, ...]:
    """Merge the kinds of each rate, lowest rate first."""
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in lines:
        sums[one.rate_bp][0] += one.gross_cents
        sums[one.rate_bp][1] += one.tax_cents
    return tuple(
        VatLine(rate_bp, gross, gross - tax, tax) for rate_bp, (gross, tax) in sorted(sums.items())
    )


def attribute(standing: Standing, wanted: Standing, amount_cents: int) -> dict[Key, int]:
    """Say which kinds and rates a refund takes from.

    What the refunded lines want comes first, never more than stands; a rest (a fee, a gesture) is
    shared over what is left in proportion, and a refund smaller than its lines is shared over them.

    Args:
        standing: what stands before.
        wanted: gross of the lines given back; empty for a refund by amount.
        amount_cents: the refund, at most the sum of what stands.
    """
    taken = {key: min(cents, standing.get(key, 0)) for key, cents in wanted.items()}
    if sum(taken.values()) > amount_cents:
        return _share(taken, amount_cents)
    left = {key: cents - taken.get(key, 0) for key, cents in standing.items()}
    for key, cents in _share(left, amount_cents - sum(taken.values())).items():
        taken[key] = taken.get(key, 0) + cents
    return {key: cents for key, cents in taken.items() if cents}


def less(standing: Standing, taken: Standing) -> dict[Key, int]:
    """Return what stands after something was taken."""
    after = {key: cents - taken.get(key, 0) for key, cents in standing.items()}
    return {key: cents for key, cents in after.items() if cents}


def _share(bounds: Standing, amount_cents: int) -> dict[Key, int]:
    """Share an amount in proportion to bounds, which it never exceeds."""
    keys = sorted(bounds)
    if not amount_cents:
        return {}
    shares = split_cents(amount_cents, [bounds[key] for key in keys])
    return {key: cents for key, cents in zip(keys, shares, strict=True) if cents}
