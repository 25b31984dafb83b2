"""What is a quantity, as typed and as given; pure Python (fault 14)."""

from __future__ import annotations

import re

from chalandise.catalogue.errors import BadQuantityError

MOST_IN_A_LINE = 99
_WHOLE = re.compile(r"[0-9]{1,6}")


def require_quantity(count: object, *, least: int = 1, most: int = MOST_IN_A_LINE) -> int:
    """Let pass a whole number of things between ``least`` and ``most``.

    Raises:
        BadQuantityError: anything else, ``True`` and floats included.
    """
    if type(count) is not int or not least <= count <= most:
        raise BadQuantityError(count)
    return count


def read_quantity(typed: str, *, least: int = 1, most: int = MOST_IN_A_LINE) -> int:
    """Return a quantity typed with the digits 0 to 9; no sign, exponent or other digits.

    Raises:
        BadQuantityError: no such quantity.
    """
    if not _WHOLE.fullmatch(typed.strip(" ")):
        raise BadQuantityError(typed)
    try:
        return require_quantity(int(typed), least=least, most=most)
    except BadQuantityError:
        raise BadQuantityError(typed) from None
