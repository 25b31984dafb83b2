"""Where imports file shops, now that operators add categories and retire some."""

from __future__ import annotations

from chalandise.directory.models import Category


def filing_categories() -> dict[str, Category]:
    """Return, by the key that a source means, the category to file under; one query.

    A retired category stands for what took its place; without one it stands for nothing.
    """
    known = Category.objects.in_bulk()
    found = {key: _standing(one, known) for key, one in known.items()}
    return {key: one for key, one in found.items() if one is not None}


def _standing(one: Category, known: dict[str, Category]) -> Category | None:
    while one.retired_at is not None:
        if one.successor_id is None:
            return None
        one = known[one.successor_id]  # ends: what takes a place is proposed when it takes it
    return one
