"""The recap of essentials in words: what its codes stand for, as shown and as kept with the order."""

from __future__ import annotations

from typing import Any

from chalandise.catalogue.states import Allergen, WithdrawalException


def said_merchant(merchant: dict[str, Any], terms_url: str = "") -> dict[str, Any]:
    """Return one merchant of a recap (as JSON) with the words of its lines.

    Args:
        merchant: as `ordering.recap` writes it.
        terms_url: where the merchant's terms of sale are read.
    """
    lines = [
        {
            "line": line,
            "exception": WithdrawalException(line["withdrawal_exception"]).label
            if line["withdrawal_exception"]
            else "",
            "allergens": [str(Allergen(one).label) for one in line["allergens"] or ()],
        }
        for line in merchant["lines"]
    ]
    return {"said": merchant, "lines": lines, "terms_url": terms_url}
