"""What it costs to bring or to send, in plain Python; amounts in cents with all taxes.

    {"kind": "flat", "cents": 490}
    {"kind": "steps", "steps": [[0, 690], [3000, 390], [6000, 0]]}      by what is ordered
    {"kind": "free_from", "cents": 490, "from_cents": 5000}
    {"kind": "weight", "steps": [[1000, 590], [5000, 890]], "free_from_cents": 8000}

A step by order begins at its first number. A step by weight ends with it, and what is heavier than
the last step is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalandise.logistics.errors import BadSettingError

MOST_CENTS = 100_000
MOST_STEPS = 12
DELIVERY_KINDS = frozenset({"flat", "steps", "free_from"})
SHIPPING_KINDS = frozenset({"flat", "free_from", "weight"})


def read_rate(data: object, *, kinds: frozenset[str]) -> dict[str, Any]:
    """Return a rate made sure of, with nothing in it but what counts.

    Raises:
        BadSettingError: ``rate``, with ``unknown_kind``, ``bad_amount`` or ``bad_steps``.
    """
    if not isinstance(data, Mapping) or data.get("kind") not in kinds:
        raise BadSettingError("rate", "unknown_kind")
    kind = data["kind"]
    if kind == "flat":
        return {"kind": kind, "cents": _amount(data.get("cents"))}
    if kind == "free_from":
        amounts = {name: _amount(data.get(name)) for name in ("cents", "from_cents")}
        return {"kind": kind, **amounts}
    steps = _steps(data.get("steps"))
    if kind == "steps":
        if steps[0][0] != 0:
            raise BadSettingError("rate", "bad_steps")
        return {"kind": kind, "steps": steps}
    if steps[0][0] == 0:
        raise BadSettingError("rate", "bad_steps")
    free_from = data.get("free_from_cents")
    read: dict[str, Any] = {"kind": kind, "steps": steps}
    return read if free_from is None else {**read, "free_from_cents": _amount(free_from)}


def fee_of(rate: Mapping[str, Any], *, subtotal_cents: int, weight_grams: int = 0) -> int | None:
    """Return what it costs, None where what weighs so much is not sent."""
    kind = rate["kind"]
    if kind == "flat":
        return int(rate["cents"])
    if kind == "free_from":
        return 0 if subtotal_cents >= rate["from_cents"] else int(rate["cents"])
    if kind == "steps":
        return int([cents for start, cents in rate["steps"] if start <= subtotal_cents][-1])
    fee = next((int(cents) for most, cents in rate["steps"] if weight_grams <= most), None)
    free_from = rate.get("free_from_cents")
    return 0 if fee is not None and free_from is not None and subtotal_cents >= free_from else fee


def _amount(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_CENTS:
        raise BadSettingError("rate", "bad_amount")
    return value


def _steps(value: object) -> list[list[int]]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_STEPS:
        raise BadSettingError("rate", "bad_steps")
    steps: list[list[int]] = []
    for one in value:
        if not isinstance(one, list | tuple) or len(one) != 2:
            raise BadSettingError("rate", "bad_steps")
        start = _amount(one[0])
        if steps and start <= steps[-1][0]:
            raise BadSettingError("rate", "bad_steps")
        steps.append([start, _amount(one[1])])
    return steps
