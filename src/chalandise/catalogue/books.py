"""What a new book may cost (loi n° 81-766 of 10 August 1981, article 1); pure Python.

A bookseller asks the publisher's price or up to five per cent less. Books published for more than two
years, which the bookseller was last supplied with over six months ago, may cost less (article 5):
whoever sells them declares it. Second-hand books are free of it. What bringing them costs at least
stands in `ordering.books`.
"""

from __future__ import annotations

from collections.abc import Collection

from chalandise.catalogue.errors import BookPriceError
from chalandise.catalogue.states import ProductLabel

BOOKS = "livres"
PUBLISHED = frozenset({BOOKS, "presse"})
"""What has a publisher, who answers for it as its manufacturer (GPSR, article 19)."""
LEAST_PERCENT = 95


def is_new_book(category_key: str, labels: Collection[str]) -> bool:
    """Tell whether the law fixes the price of what is filed there."""
    return category_key == BOOKS and ProductLabel.SECOND_HAND not in labels


def has_fixed_price(category_key: str, labels: Collection[str], *, is_old_stock: bool) -> bool:
    """Tell whether a gift basket leaves the price of what is in it alone: it is a new book's."""
    return is_new_book(category_key, labels) and not is_old_stock


def least_price(publisher_cents: int) -> int:
    """Return the least that a new book may cost: 95 % of the publisher's price, no cent below."""
    return -(-publisher_cents * LEAST_PERCENT // 100)


def refusal_of(price_cents: int, publisher_cents: int | None, *, is_old_stock: bool) -> str:
    """Return why a new book may not cost so much: ``above_publisher``, ``below_publisher``; else blank.

    Nothing is refused while the publisher's price is not known: publishing asks for it.
    """
    if publisher_cents is None:
        return ""
    if price_cents > publisher_cents:
        return "above_publisher"
    if price_cents < least_price(publisher_cents) and not is_old_stock:
        return "below_publisher"
    return ""


def is_reduced(price_cents: int, publisher_cents: int | None, *, is_old_stock: bool) -> bool:
    """Tell whether a new book costs less than its publisher asks, as it may only where it is collected."""
    return publisher_cents is not None and not is_old_stock and price_cents < publisher_cents


def require_book_price(
    price_cents: int, publisher_cents: int | None, *, is_old_stock: bool
) -> None:
    """Let pass what a new book may cost.

    Raises:
        BookPriceError: more than its publisher asks, or over five per cent less.
    """
    reason = refusal_of(price_cents, publisher_cents, is_old_stock=is_old_stock)
    if reason and publisher_cents is not None:
        raise BookPriceError(reason, publisher_cents, least_price(publisher_cents))
