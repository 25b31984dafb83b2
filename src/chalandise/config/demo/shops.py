"""About 2,500 fictional establishments, in proportion to the population of real communes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians
from random import Random

from chalandise.config.demo.naming import name_of
from chalandise.config.demo.recipes import Kind, recipes
from chalandise.territories.models import Territory

SEED = 46_000
MOST = 2_500
KILOMETRES_A_DEGREE = 111.2
# 05 36 49 xx xx is kept for fiction (Arcep, décision 2018-0881).
PHONE_BASE = 33_536_490_000
FEWEST_INHABITANTS = 25  # a hamlet still weighs something when a farm looks for its place


@dataclass(frozen=True)
class FictionalShop:
    """One shop before it enters the directory."""

    kind: Kind
    name: str
    commune: Territory
    street: str
    latitude: float
    longitude: float
    phone: str
    hours: str
    services: list[str]
    labels: list[str]


def invent_shops(communes: Sequence[Territory], *, most: int = MOST) -> list[FictionalShop]:
    """Invent shops for these communes, always the same ones.

    Args:
        communes: where they may stand, in a stable order.
        most: about how many.
    """
    random = Random(SEED)  # noqa: S311 - a demonstration, repeatable on purpose
    places = [(commune, commune.population or 0) for commune in communes]
    inhabitants = sum(population for _commune, population in places)
    wanted = sum(kind.weight for kind in recipes().kinds) * inhabitants / 10_000
    share = min(1.0, most / wanted) if wanted else 0
    shops: list[FictionalShop] = []
    taken: set[tuple[str, str]] = set()
    for kind in recipes().kinds:
        count = round(kind.weight * inhabitants / 10_000 * share)
        for commune in _choose(kind, places, count, random):
            shops.append(_invent(kind, commune, len(shops), taken, random))
    return shops


def _choose(
    kind: Kind, places: Sequence[tuple[Territory, int]], count: int, random: Random
) -> Iterator[Territory]:
    eligible = [(commune, people) for commune, people in places if people >= kind.least]
    if not eligible or not count:
        return iter(())
    weights = [
        max(people, FEWEST_INHABITANTS) ** (0.35 if kind.rural else 1.0)
        for _commune, people in eligible
    ]
    return iter(random.choices([commune for commune, _people in eligible], weights, k=count))


def _invent(
    kind: Kind, commune: Territory, number: int, taken: set[tuple[str, str]], random: Random
) -> FictionalShop:
    latitude, longitude = _somewhere(commune, kind, random)
    return FictionalShop(
        kind=kind,
        name=_free_name(kind, commune, taken, random),
        commune=commune,
        street=_street(kind, commune, random),
        latitude=latitude,
        longitude=longitude,
        phone=f"+{PHONE_BASE + number}",
        hours=random.choice(recipes().hours[kind.hours]) if random.random() < 0.93 else "",
        services=[one for one, share in kind.services.items() if random.random() < share],
        labels=[one for one, share in kind.labels.items() if random.random() < share],
    )


def _free_name(kind: Kind, commune: Territory, taken: set[tuple[str, str]], random: Random) -> str:
    """Return a name of the commune's own, and of no other commune's while words last."""
    names = [name_of(random.choice(kind.names), random) for _attempt in range(40)]
    name = (
        next((one for one in names if (one, "") not in taken), "")
        or next((one for one in names if (one, commune.key) not in taken), "")
        or f"{names[0]} ({commune.name})"
    )
    taken |= {(name, ""), (name, commune.key)}
    return name


def _street(kind: Kind, commune: Territory, random: Random) -> str:
    words = recipes().words
    if kind.rural or (commune.population or 0) < 250:
        return random.choice(words["hamlets"])
    return f"{random.randint(1, 64)} {random.choice(words['streets'])}"


def _somewhere(commune: Territory, kind: Kind, random: Random) -> tuple[float, float]:
    """Return a point near the town hall, further out in larger communes and for farms."""
    latitude, longitude = commune.latitude or 0.0, commune.longitude or 0.0
    spread = 1.1 if kind.rural else min(0.7, 0.12 + (commune.population or 0) ** 0.5 / 230)
    north, east = random.gauss(0, spread), random.gauss(0, spread)
    return (
        round(latitude + north / KILOMETRES_A_DEGREE, 6),
        round(longitude + east / (KILOMETRES_A_DEGREE * cos(radians(latitude))), 6),
    )
