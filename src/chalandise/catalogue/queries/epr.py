"""The register of producers' identifiers: which seller said which for each stream (C. env. L541-10-9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from chalandise.catalogue.models import Product, ProductQuerySet, SellerProfile
from chalandise.catalogue.sheets import EPR_STREAMS, NOT_CONCERNED, is_idu
from chalandise.portals.models import Portal

_IDU = "idu:"


@dataclass
class EprRow:
    """What one seller has said of one stream.

    Attributes:
        identifiers: those that were given, each with the day it was last said.
        products: how many products on its shelf the stream concerns.
        free: of how many the seller says that it does not.
        missing: names of products of which nothing was said.
    """

    organisation_id: int
    seller: str
    siren: str
    stream: str
    identifiers: dict[str, date] = field(default_factory=dict)
    products: int = 0
    free: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        """Whether something on the shelf stands without an identifier."""
        return bool(self.missing)

    @property
    def said_on(self) -> date | None:
        """The latest day on which an identifier was said."""
        return max(self.identifiers.values(), default=None)

    def take(self, said: str, at: datetime) -> None:
        """Note one statement, which keeps its latest day."""
        if said and said != NOT_CONCERNED and is_idu(said):
            self.identifiers[said] = max(at.date(), self.identifiers.get(said, at.date()))


def epr_register(portal: Portal) -> list[EprRow]:
    """Return the register of a portal by seller and stream: two statements and the scope.

    It holds what stands on the shelf now, of every stream that a category asks for or a seller names,
    and what a seller of the portal says once for all it sells, whether a category asks for it or not.
    """
    rows: dict[tuple[int, str], EprRow] = {}
    shown = Product.objects.on(portal).published().exclude(establishment__organisation=None)
    sold = (
        shown.filter(
            Q(category__requirements__overlap=[_IDU + one for one in EPR_STREAMS]) | ~Q(epr_ids={})
        )
        .order_by("pk")
        .values_list(
            "establishment__organisation",
            "establishment__organisation__name",
            "establishment__organisation__siren",
            "name",
            "category__requirements",
            "epr_ids",
            "updated_at",
        )
    )
    of_sellers: dict[int, tuple[dict[str, str], datetime]] = {}
    for pk, seller, siren, ids, at in _said_by_sellers(shown):
        of_sellers[pk] = (ids, at)
        for stream in (one for one, text in ids.items() if text != NOT_CONCERNED):
            row = rows.setdefault((pk, stream), EprRow(pk, seller, siren or "", stream))
            row.take(ids[stream], at)
    for pk, seller, siren, name, wanted, own, said_at in sold:
        general, general_at = of_sellers.get(pk, ({}, said_at))
        asked = {one.removeprefix(_IDU) for one in wanted or () if one.startswith(_IDU)}
        for stream in asked | set(own):
            row = rows.setdefault((pk, stream), EprRow(pk, seller, siren or "", stream))
            row.products += 1
            said, at = own.get(stream, ""), said_at
            if not said:
                said, at = general.get(stream, ""), general_at
            row.take(said, at)
            row.free += said == NOT_CONCERNED
            if not is_idu(said):
                row.missing.append(name)
    return sorted(
        rows.values(), key=lambda one: (one.seller.casefold(), one.organisation_id, one.stream)
    )


def _said_by_sellers(
    shown: ProductQuerySet,
) -> Iterable[tuple[int, str, str | None, dict[str, str], datetime]]:
    """Return what those who sell what is shown say for all of it; one statement."""
    return (
        SellerProfile.objects.filter(organisation__in=shown.values("establishment__organisation"))
        .exclude(epr_ids={})
        .values_list(
            "organisation", "organisation__name", "organisation__siren", "epr_ids", "updated_at"
        )
    )


def identifiers_of(organisation_id: int) -> list[tuple[str, list[str]]]:
    """Return a seller's identifiers by stream, as its terms print them: two statements."""
    found: dict[str, set[str]] = {}
    own = Product.objects.filter(establishment__organisation=organisation_id).published()
    said: Iterable[dict[str, str]] = (
        *SellerProfile.objects.filter(organisation=organisation_id).values_list(
            "epr_ids", flat=True
        ),
        *own.exclude(epr_ids={}).values_list("epr_ids", flat=True),
    )
    for ids in said:
        for stream, text in ids.items():
            if text != NOT_CONCERNED and is_idu(text):
                found.setdefault(stream, set()).add(text)
    return [(stream, sorted(ids)) for stream, ids in sorted(found.items())]
