"""The index of places as plain dictionaries: what the tables must find, in as few lines as can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from chalandise.federation.likeness import Fingerprint, Place, Verdict, compare, fingerprint
from chalandise.federation.matching import LARGEST_BLOCK, Offer, blocks_of


class PlainIndex:
    """Places by block, in memory."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._blocks: dict[tuple[str, ...], list[Fingerprint]] = defaultdict(list)
        self._names: Counter[str] = Counter()
        self._phones: Counter[str] = Counter()
        for place in places:
            prepared = fingerprint(place)
            self._names[prepared.name_key] += 1
            self._phones[place.phone] += 1
            for key in blocks_of(prepared, around=False):
                self._blocks[key].append(prepared)

    def find_matches(self, told: Place, *, limit: int) -> list[Offer]:
        """Return the places that may be the same, the likeliest first."""
        prepared = fingerprint(told)
        met = {
            one.place.key: one
            for key in blocks_of(prepared, around=True)
            if len(self._blocks.get(key, ())) <= LARGEST_BLOCK
            for one in self._blocks.get(key, ())
        }
        found = [
            (
                one.place,
                compare(
                    prepared,
                    one,
                    name_count=self._names[one.name_key],
                    phone_count=self._phones[told.phone] if told.phone else 1,
                ),
            )
            for one in met.values()
        ]
        known = [pair for pair in found if told.siret and pair[0].siret == told.siret]
        likely = [pair for pair in found if pair[1].verdict is not Verdict.DIFFERENT]
        return known or sorted(likely, key=lambda pair: (-pair[1].score, str(pair[0].key)))[:limit]
