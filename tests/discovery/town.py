"""A made-up town for brute-force comparisons: many shops, every kind of facet."""

from __future__ import annotations

import random

from tests.factories import directory, portals, territories

from chalandise.directory.models import Category, Establishment
from chalandise.directory.states import Label, Service
from chalandise.portals.models import Portal

HOURS = [
    "Tu-Sa 08:00-12:30,15:00-19:00; Su 08:00-12:30",
    "Mo-Su 00:00-24:00",
    "Th-Sa 18:00-02:00",
    "Mo-Fr 08:10-12:05,13:50-18:40",
    "",
]
WORDS = ["pain", "vin", "moulin", "causse", "olt", "jardin", "soleil", "pont"]


def raise_town(count: int, *, seed: int = 1) -> Portal:
    """Make ``count`` establishments around Cahors and Figeac, and the portal of the Lot."""
    chance = random.Random(seed)
    food = directory.category("alimentation", "Alimentation")
    leaves = [
        directory.category(
            "boulangerie", "Boulangerie", plural="Boulangeries", parent=food, synonyms=["pain"]
        ),
        directory.category("caviste", "Caviste", parent=food, synonyms=["vin"]),
        directory.category("coiffeur", "Coiffeur"),
    ]
    places = [territories.cahors(), territories.figeac()]
    for number in range(count):
        place = chance.choice(places)
        located = chance.random() < 0.9
        directory.establishment(
            f"{chance.choice(WORDS).title()} {chance.choice(WORDS)} {number}",
            hours=chance.choice(HOURS),
            slug=f"lieu-{number}",
            category=chance.choice(leaves),
            commune=place,
            services=sorted(chance.sample(Service.values, chance.randrange(4))),
            labels=sorted(chance.sample(Label.values, chance.randrange(2))),
            level=chance.randrange(5),
            latitude=(place.latitude or 0) + chance.gauss(0, 0.02) if located else None,
            longitude=(place.longitude or 0) + chance.gauss(0, 0.02) if located else None,
        )
    return portals.portal(territories.lot(), slug="lot", name="Achat Lot", host="localhost")


def branch_of(category: Category) -> set[str]:
    """Keys of a category and of those above it."""
    return {category.key, *([category.parent.key] if category.parent else [])}


def everybody() -> list[Establishment]:
    """The whole town, as PostgreSQL knows it."""
    return list(
        Establishment.objects.published()
        .select_related("category__parent", "commune")
        .prefetch_related("hours", "closings")
        .order_by("pk")
    )
