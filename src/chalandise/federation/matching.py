"""Which places a record should be compared with, and which of them it may be.

A record is compared only with the places that share a block with it, so that a hundred thousand
records meet a hundred thousand places in half a minute. See `likeness` for the comparison itself.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from chalandise.federation.likeness import (
    Fingerprint,
    Likeness,
    Place,
    Verdict,
    branch_of,
    compare,
    fingerprint,
)

LARGEST_BLOCK = 80
"""A block with more places than this proves nothing and is not walked through."""

_CELL_DEGREES = 0.002
_PREFIX = 5


class PlaceIndex:
    """Places by block, so that a record meets dozens of candidates and not a whole directory.

    A place stands under its SIRET, its telephone, each distinctive word of its name within its
    commune, its door, and its trade within a cell of about two hundred metres. A block is known by the
    hash of its words, which takes less room; should two share one, they are compared in vain.
    """

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._blocks: dict[int, list[Fingerprint]] = defaultdict(list)
        self._by_siret: dict[str, Fingerprint] = {}
        self._names: Counter[str] = Counter()
        self._phones: Counter[str] = Counter()
        self._count = 0
        for place in places:
            self.add(place)

    def __len__(self) -> int:
        return self._count

    def add(self, place: Place) -> None:
        """Make a place findable."""
        prepared = fingerprint(place)
        self._count += 1
        if place.siret:
            self._by_siret[place.siret] = prepared
        self._names[prepared.name_key] += 1
        if place.phone:
            self._phones[place.phone] += 1
        for key in _blocks(prepared, around=False):
            self._blocks[hash(key)].append(prepared)

    def candidates(self, prepared: Fingerprint) -> Iterator[Fingerprint]:
        """Yield the places that share a block, each once."""
        seen: set[int | str] = set()
        for key in _blocks(prepared, around=True):
            block = self._blocks.get(hash(key), ())
            if len(block) > LARGEST_BLOCK:
                continue
            for candidate in block:
                if candidate.place.key not in seen:
                    seen.add(candidate.place.key)
                    yield candidate

    def find_by_siret(self, siret: str) -> Place | None:
        """Return the place that bears a SIRET."""
        found = self._by_siret.get(siret)
        return found.place if found else None

    def find_matches(self, place: Place, *, limit: int = 3) -> list[tuple[Place, Likeness]]:
        """Return the places that may be the same, the likeliest first, the different left out."""
        if place.siret and (known := self._by_siret.get(place.siret)):
            return [(known.place, Likeness(1.0, Verdict.SAME, {"siret": 20.0}))]
        prepared = fingerprint(place)
        found = []
        for candidate in self.candidates(prepared):
            likeness = compare(
                prepared,
                candidate,
                name_count=self._names[candidate.name_key],
                phone_count=self._phones[place.phone] if place.phone else 1,
            )
            if likeness.verdict is not Verdict.DIFFERENT:
                found.append((candidate.place, likeness))
        found.sort(key=lambda pair: (-pair[1].score, str(pair[0].key)))
        return found[:limit]


def _blocks(prepared: Fingerprint, *, around: bool) -> Iterator[tuple[str, ...]]:
    place = prepared.place
    if place.phone:
        yield ("phone", place.phone)
    for word in prepared.distinctive or prepared.trade:
        yield ("name", place.commune, word[:_PREFIX])
    if prepared.street and prepared.number:
        yield (
            "door",
            place.commune,
            prepared.number,
            max(prepared.street, key=lambda w: (len(w), w)),
        )
    if place.latitude is not None and place.longitude is not None:
        row = math.floor(place.latitude / _CELL_DEGREES)
        column = math.floor(place.longitude / _CELL_DEGREES)
        reach = (-1, 0, 1) if around else (0,)
        for down in reach:
            for right in reach:
                cell = (str(row + down), str(column + right))
                if place.category:
                    yield ("trade", *cell, branch_of(place.category))
                for word in prepared.distinctive:
                    yield ("near", *cell, word[:_PREFIX])
