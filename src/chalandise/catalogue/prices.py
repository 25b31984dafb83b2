"""What is a price, as typed and as given; pure Python (fault 14)."""

from __future__ import annotations

import re

from chalandise.catalogue.errors import BadPriceError

HIGHEST_PRICE_CENTS = 10_000_000
_PRICE = re.compile(r"(?P<units>[0-9]{1,6})(?:[.,](?P<cents>[0-9]{1,2}))?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")


def require_price(cents: object) -> int:
    """Let pass a whole number of cents between one cent and a hundred thousand euros.

    Raises:
        BadPriceError: anything else.
    """
    if type(cents) is not int or not 0 < cents <= HIGHEST_PRICE_CENTS:
        raise BadPriceError(cents)
    return cents


def read_price(typed: str) -> int:
    """Return the cents of a price as people write it: ``12,5``, ``1 250 €``, ``3.20``.

    Signs, exponents, other digits than 0 to 9 and thousandths are refused rather than guessed.

    Raises:
        BadPriceError: no such price.
    """
    bare = _SPACES.sub("", typed).removesuffix("€").removesuffix("EUR").removeprefix("€")
    found = _PRICE.fullmatch(bare)
    if found is None:
        raise BadPriceError(typed)
    cents = (found["cents"] or "").ljust(2, "0")
    try:
        return require_price(int(found["units"]) * 100 + int(cents))
    except BadPriceError:
        raise BadPriceError(typed) from None
