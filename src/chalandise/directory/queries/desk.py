"""What a hotline asks of the directory: the shop on the telephone, now."""

from __future__ import annotations

import re

from django.db.models import Q

from chalandise.directory.models import Establishment, EstablishmentQuerySet
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.text import words
from chalandise.portals.models import Portal

_NUMBER = re.compile(r"[\d\s.+/()-]+")


def search_for_desk(portal: Portal, text: str) -> EstablishmentQuerySet:
    """Return the establishments of a portal that ``text`` may mean, shown or not, by name.

    Digits are a SIRET, a SIREN or the end of a telephone number; words are looked for in the name
    and in the commune, accents aside.
    """
    rows = (
        Establishment.objects.on(portal)
        .select_related("category", "commune")
        .order_by("sort_key", "pk")
    )
    text = text.replace("\x00", "").strip()[:120]
    if not text:
        return rows
    digits = re.sub(r"\D", "", text)
    if _NUMBER.fullmatch(text) and len(digits) >= 4:
        return rows.filter(Q(siret__startswith=digits) | Q(phone__endswith=digits.lstrip("0")[-9:]))
    for word in words(text)[:6]:
        rows = rows.filter(Q(sort_key__contains=word) | Q(commune__search_key__contains=word))
    return rows


def get_establishment_for_desk(portal: Portal, establishment_id: int) -> Establishment:
    """Return an establishment of a portal, hidden and closed ones included: the desk's only door.

    Raises:
        NotFoundError: absent, or outside the portal.
    """
    found = (
        Establishment.objects.on(portal)
        .select_related("category", "organisation", "commune__epci", "commune__departement")
        .prefetch_related("hours", "closings", "photos", "facts")
        .filter(pk=establishment_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found
