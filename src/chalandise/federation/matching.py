"""Which places a record should be compared with, and which of them it may be.

A record is compared only with the places that share a block with it, so that a hundred thousand
records meet a hundred thousand places in half a minute. The places and their blocks stand in
temporary tables: memory holds what some two hundred records meet, whatever the directory holds.
See `likeness` for the comparison itself.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from chalandise.federation.likeness import (
    Fingerprint,
    Likeness,
    Place,
    Verdict,
    branch_of,
    compare,
    fingerprint,
)
from chalandise.federation.scratch import ask, copy_rows, scratch_table

LARGEST_BLOCK = 80
"""A block with more places than this proves nothing and is not walked through."""

RECORDS_AT_ONCE = 200
"""How many records are compared with one reading of the tables."""

_CELL_DEGREES = 0.002
_PREFIX = 5

_PLACES = """
    key bigint, name text, siret text, siren text, commune text, street text, phone text,
    latitude float8, longitude float8, category text, is_name_provisional boolean,
    distinctive text, trade text, number text, street_words text, called bigint, blocks bigint[]
"""
_GATHER = """
    INSERT INTO matching_block
    SELECT block, count(*), CASE WHEN count(*) <= %s THEN array_agg(key) ELSE '{}' END
    FROM (SELECT unnest(blocks) AS block, key FROM matching_place) AS standing
    GROUP BY block
"""
_FINISH = """
    CREATE UNIQUE INDEX ON matching_block (block);
    CREATE UNIQUE INDEX ON matching_place (key);
    ANALYZE matching_block;
    ANALYZE matching_place
"""
_BLOCKS = "SELECT block, size, places FROM matching_block WHERE block = ANY(%s)"
_MET = """
    SELECT place.key, name, siret, siren, commune, street, phone, latitude, longitude, category,
        is_name_provisional, distinctive, trade, number, street_words, namesakes.size
    FROM matching_place AS place JOIN matching_block AS namesakes ON namesakes.block = place.called
    WHERE place.key = ANY(%s)
"""

Offer = tuple[Place, Likeness]


class Candidate(NamedTuple):
    """A place that shares a block with a record, and how many places bear its name."""

    prepared: Fingerprint
    name_count: int


class Meeting(NamedTuple):
    """Whom a record meets, and how many places have its telephone number."""

    candidates: list[Candidate]
    phone_count: int


class PlaceIndex:
    """Places by block, so that a record meets dozens of candidates and not a whole directory.

    A place stands under its SIRET, its telephone, each distinctive word of its name within its
    commune, its door, and its trade within a cell of about two hundred metres; and under its whole
    name, to know how common that is. A block is known by the hash of its words, which takes less
    room; should two share one, they are compared in vain. `lay_out` makes one.
    """

    def find_matches(self, told: Sequence[Place], *, limit: int = 3) -> list[list[Offer]]:
        """Return for each record the places that may be the same, the likeliest first."""
        return [
            _likely(prepared, meeting, limit)
            for first in range(0, len(told), RECORDS_AT_ONCE)
            for prepared, meeting in self.meet(
                [fingerprint(one) for one in told[first : first + RECORDS_AT_ONCE]]
            )
        ]

    def meet(self, records: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Meeting]]:
        """Yield each record with the places that share a block with it, each once."""
        keys = [[hash(block) for block in blocks_of(one, around=True)] for one in records]
        blocks = {
            block: (size, places)
            for block, size, places in ask(_BLOCKS, {key for own in keys for key in own})
        }
        nothing: tuple[int, list[int]] = (0, [])
        met = [{place for key in own for place in blocks.get(key, nothing)[1]} for own in keys]
        known = _read({place for some in met for place in some})
        for prepared, some in zip(records, met, strict=True):
            phone = prepared.place.phone
            count = blocks.get(hash(("phone", phone)), nothing)[0] if phone else 1
            yield prepared, Meeting([known[place] for place in some], count)


@contextmanager
def lay_out(places: Iterable[Place]) -> Iterator[PlaceIndex]:
    """Make places findable for the length of a work."""
    with (
        scratch_table("matching_place", _PLACES),
        scratch_table("matching_block", "block bigint, size integer, places bigint[]"),
    ):
        copy_rows("matching_place", map(_row, places))
        with connection.cursor() as cursor:
            cursor.execute(_GATHER, [LARGEST_BLOCK])
            cursor.execute(_FINISH)
        yield PlaceIndex()


def _row(place: Place) -> tuple[object, ...]:
    prepared = fingerprint(place)
    called = _called(prepared)
    blocks = [called, *(hash(block) for block in blocks_of(prepared, around=False))]
    return (
        place.key, place.name, place.siret, place.siren, place.commune, place.street, place.phone,
        place.latitude, place.longitude, place.category, place.is_name_provisional,
        " ".join(prepared.distinctive), " ".join(prepared.trade), prepared.number,
        " ".join(prepared.street), called, blocks,
    )  # fmt: skip


def _read(keys: Collection[int]) -> dict[int, Candidate]:
    return {
        place[0]: Candidate(
            Fingerprint(
                Place(*place),
                tuple(distinctive.split()),
                tuple(trade.split()),
                number,
                frozenset(street.split()),
            ),
            name_count,
        )
        for *place, distinctive, trade, number, street, name_count in ask(_MET, keys)
    }


def _likely(prepared: Fingerprint, meeting: Meeting, limit: int) -> list[Offer]:
    """Return the candidates that may be the same, the different left out."""
    siret = prepared.place.siret
    found = []
    for candidate, name_count in meeting.candidates:
        likeness = compare(
            prepared, candidate, name_count=name_count, phone_count=meeting.phone_count
        )
        if siret and candidate.place.siret == siret:
            return [(candidate.place, likeness)]
        if likeness.verdict is not Verdict.DIFFERENT:
            found.append((candidate.place, likeness))
    found.sort(key=lambda pair: (-pair[1].score, str(pair[0].key)))
    return found[:limit]


def _called(prepared: Fingerprint) -> int:
    return hash(("called", prepared.name_key))


def blocks_of(prepared: Fingerprint, *, around: bool) -> Iterator[tuple[str, ...]]:
    """Yield the blocks that a place stands under; ``around`` adds the cells beside its own."""
    place = prepared.place
    if place.siret:
        yield ("siret", place.siret)
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
