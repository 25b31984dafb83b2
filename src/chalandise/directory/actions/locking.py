"""The doors to rows of this room that are held until the transaction ends, in the order of keys."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from chalandise.directory.models import Category, Claim, Establishment

_SLUGS = 460_001  # any number that no other lock uses


def lock_establishments(rows: QuerySet[Establishment]) -> list[Establishment]:
    """Hold establishments."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def lock_idle_establishments(rows: QuerySet[Establishment], *, most: int) -> list[Establishment]:
    """Hold those of some establishments that nobody is busy with, so many at most."""
    return list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:most])


def lock_claims(rows: QuerySet[Claim]) -> list[Claim]:
    """Hold claims."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def lock_categories() -> list[Category]:
    """Hold all categories: an activity code may move from any of them to any other."""
    return list(Category.objects.select_for_update().order_by("pk"))


def lock_slugs() -> None:
    """Let one transaction at a time give addresses to new sheets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SLUGS])
