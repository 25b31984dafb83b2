"""Addresses of sheets: readable, unique, and kept when the shop changes its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalandise.directory.models import Establishment
from chalandise.kernel.text import words

_MOST = 110  # leaves room for a number within the column


def slug_for(name: str, commune: str) -> str:
    """Return name and commune as an address, without saying the commune twice."""
    said, place = _latin(words(name)), _latin(words(commune))
    if said[-len(place) :] == place:
        place = []
    slug = "-".join([*said, *place])[:_MOST].strip("-")
    return slug or "commerce"


def free_slugs(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """Return a free address for each (name, commune), numbered where several want the same.

    One query for all, and one more for each address already taken.
    """
    bases = [slug_for(name, commune) for name, commune in wanted]
    taken = set(Establishment.objects.filter(slug__in=bases).values_list("slug", flat=True))
    numbers = {base: _highest_number(base) for base in taken}
    given: list[str] = []
    for base in bases:
        if base in numbers:
            numbers[base] += 1
            slug = f"{base}-{numbers[base]}"
            while slug in taken:
                numbers[base] += 1
                slug = f"{base}-{numbers[base]}"
        else:
            slug, numbers[base] = base, 1
        if slug in taken:  # a numbered address that is another shop's real name
            numbers[base] = max(numbers[base], _highest_number(base)) + 1
            slug = f"{base}-{numbers[base]}"
        taken.add(slug)
        given.append(slug)
    return given


def _highest_number(base: str) -> int:
    numbered = re.compile(rf"^{re.escape(base)}-(\d{{1,6}})$")
    slugs = Establishment.objects.filter(slug__startswith=f"{base}-").values_list("slug", flat=True)
    return max((int(m[1]) for slug in slugs if (m := numbered.match(slug))), default=1)


def _latin(pieces: list[str]) -> list[str]:
    return [kept for one in pieces if (kept := one.encode("ascii", "ignore").decode())]
