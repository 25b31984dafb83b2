"""Where imports file shops, now that operators add categories and retire some."""

from __future__ import annotations

from chalandise.directory.classification import (
    CategorySpec,
    Classification,
    classification,
    classify,
)
from chalandise.directory.models import Category


def standing_classification() -> Classification:
    """Return the tree as it stands in the database, with the ways into it; one query.

    What operators added claims its words first, what they retired last. A shipped category that the
    database has not loaded yet stands as it is shipped.
    """
    shipped = classification().by_key
    rows = list(Category.objects.all())
    rows.sort(key=lambda one: (one.retired_at is not None, one.pk in shipped, one.position, one.pk))
    known = {one.pk for one in rows}
    missing = [spec for key, spec in shipped.items() if key not in known]
    return classify([*map(_spec, rows), *missing])


def _spec(one: Category) -> CategorySpec:
    return CategorySpec(
        key=one.key,
        name=one.name,
        plural=one.plural or one.name,
        icon=one.icon,
        tint=one.tint,
        name_en=one.name_en,
        plural_en=one.plural_en or one.name_en,
        parent=one.parent_id or "",
        synonyms=tuple(one.synonyms),
        synonyms_en=tuple(one.synonyms_en),
        naf_codes=tuple(one.naf_codes),
        osm_tags=tuple(one.osm_tags),
        position=one.position,
    )


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
