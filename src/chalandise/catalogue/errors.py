"""Errors of the room.

ChalandiseError
├── NotPublishableError   the law asks for something that is missing; carries what
├── BadPriceError         not a price: carries what was typed
├── BookPriceError        not a price of this new book: carries its publisher's
├── BadQuantityError      not a quantity: carries what was typed
├── BadFieldError         a field cannot take this value; carries which and why
├── BulkEditError         some cells of a table cannot be; carries each
├── PromotionClashError   another promotion holds some of those days
├── BasketError           these offers cannot make a basket; carries why
└── ImportRefusedError    the file as a whole cannot be read; carries why
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalandise.kernel.errors import ChalandiseError


class NotPublishableError(ChalandiseError):
    """The law asks for something that is missing.

    Attributes:
        missing: codes of what is missing, such as ``allergens`` or ``seller:mediator``.
    """

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class BadPriceError(ChalandiseError):
    """Not a price between one cent and a hundred thousand euros.

    Attributes:
        typed: what was given.
    """

    def __init__(self, typed: object) -> None:
        super().__init__(repr(typed))
        self.typed = typed


class BookPriceError(ChalandiseError):
    """A new book may not cost so much, or so little (loi of 10 August 1981).

    Attributes:
        reason: ``above_publisher`` or ``below_publisher``.
        publisher_cents: what its publisher asks.
        least_cents: the least it may cost.
    """

    def __init__(self, reason: str, publisher_cents: int, least_cents: int) -> None:
        super().__init__(f"{reason}: {least_cents} to {publisher_cents}")
        self.reason = reason
        self.publisher_cents = publisher_cents
        self.least_cents = least_cents


class BadQuantityError(ChalandiseError):
    """Not a whole number of things.

    Attributes:
        typed: what was given.
    """

    def __init__(self, typed: object) -> None:
        super().__init__(repr(typed))
        self.typed = typed


class BadFieldError(ChalandiseError):
    """A field cannot take this value.

    Attributes:
        field: which.
        reason: one word: ``unknown_value``, ``too_long``, ``missing``, ``not_a_number``…
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class BulkEditError(ChalandiseError):
    """Some cells of a table cannot be; nothing was changed.

    Attributes:
        problems: for each offer, which field and why.
    """

    def __init__(self, problems: Mapping[int, tuple[str, str]]) -> None:
        super().__init__(str(dict(problems)))
        self.problems = dict(problems)


class PromotionClashError(ChalandiseError):
    """Another promotion of the same offer holds some of those days."""


class BasketError(ChalandiseError):
    """These offers cannot make a basket.

    Attributes:
        reason: ``empty``, ``too_many``, ``nested``, ``not_on_shelf``, ``weight_priced``,
            ``price_too_low``, ``book_price``, ``promotion``, ``unknown_offer``, ``nobody_to_ask`` or ``changed``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImportRefusedError(ChalandiseError):
    """The file as a whole cannot be read.

    Attributes:
        reason: ``too_heavy``, ``too_many_rows``, ``too_many_columns``, ``cell_too_long``,
            ``not_text``, ``not_a_workbook``, ``bomb``, ``too_long``, ``no_header``,
            `x.
        detail: where, when it is known.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail
