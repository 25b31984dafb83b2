"""Names that pass for another shop's (fault 77)."""

from __future__ import annotations

from django.db.models import Q

from chalandise.directory.models import Establishment
from chalandise.kernel.confusables import has_look_alikes, undisguised
from chalandise.kernel.sorting import french_sort_key
from chalandise.portals.models import Portal


def find_imitated(portal: Portal, name: str, *, but_for: int | None = None) -> Establishment | None:
    """Return the shop of a portal that ``name`` passes for, thanks to letters of other alphabets.

    No query for a name written in Latin letters, one for another.

    Args:
        portal: where to look.
        name: what somebody wants to be called.
        but_for: the establishment that asks, which may bear its own name.
    """
    if not has_look_alikes(name):
        return None
    key = french_sort_key(undisguised(name))
    if not key:
        return None
    rows = Establishment.objects.on(portal).filter(
        Q(sort_key=key) | Q(sort_key__startswith=f"{key}\t")
    )
    if but_for is not None:
        rows = rows.exclude(pk=but_for)
    return rows.select_related("commune").order_by("pk").first()
