"""Establishments and what is known of them."""

from __future__ import annotations

from itertools import count

from tests.factories import territories

from chalandise.directory.models import Category, Establishment, EstablishmentHours
from chalandise.kernel.sorting import french_sort_key

_number = count(1)

SHOP_HOURS = "Tu-Sa 08:00-12:30,15:00-19:00; Su 08:00-12:30"


def category(key: str = "boulangerie", name: str = "Boulangerie", **fields: object) -> Category:
    """Get or make a category."""
    made, _is_new = Category.objects.get_or_create(
        key=key,
        defaults={"name": name, "icon": "baguette-bread", "tint": "#F6E3C5", **fields},
    )
    return made


def establishment(name: str = "", *, hours: str = SHOP_HOURS, **fields: object) -> Establishment:
    """Make a published establishment in Cahors, with opening hours unless they are blank."""
    number = next(_number)
    name = name or f"Commerce {number}"
    values: dict[str, object] = {
        "slug": f"commerce-{number}",
        "sort_key": french_sort_key(name),
        "street": "1 rue du Marché",
        "postal_code": "46000",
        "latitude": 44.4475,
        "longitude": 1.4419,
        **fields,
    }
    values.setdefault("category", None)
    values["category"] = values["category"] or category()
    values.setdefault("commune", None)
    values["commune"] = values["commune"] or territories.cahors()
    made = Establishment.objects.create(name=name, **values)
    if hours:
        EstablishmentHours.objects.create(establishment=made, value=hours, raw=hours)
    return made
