"""Reads a quantity that somebody typed: a whole number from 1 to 99, in ASCII digits, or nothing.

Python's `int` would take « ١ », « ２ », « 1_0 », « +1 » and a line feed; a shopkeeper would not
(fault 14).
"""

from __future__ import annotations

import re

from chalandise.ordering.errors import BadQuantityError

MOST_OF_ONE = 99
_DIGITS = re.compile(r"\A *([0-9]{1,2}) *\Z")


def parse_quantity(typed: object) -> int:
    """Return the quantity that ``typed`` says: text from a form, or a number from the API.

    Raises:
        BadQuantityError: anything but a whole number from 1 to 99.
    """
    if isinstance(typed, bool):
        raise BadQuantityError(typed)
    if isinstance(typed, int):
        quantity = typed
    elif isinstance(typed, str) and (found := _DIGITS.match(typed)):
        quantity = int(found[1])
    else:
        raise BadQuantityError(typed)
    if not 1 <= quantity <= MOST_OF_ONE:
        raise BadQuantityError(typed)
    return quantity
