"""What is said of how long a thing lasts, in the words that pages and papers share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_OF_RECAP = ("spare_parts", "updates", "after_sales")


def say_guarantee(said: dict[str, str]) -> str:
    """Say the producer's guarantee of durability, all that its label says; blank without one."""
    if not said.get("guarantee_years"):
        return ""
    years = int(said["guarantee_years"])
    return ngettext(
        "Producer’s commercial guarantee of durability: %(years)d year, free of charge,"
        " on the whole product – %(producer)s",
        "Producer’s commercial guarantee of durability: %(years)d years, free of charge,"
        " on the whole product – %(producer)s",
        years,
    ) % {"years": years, "producer": said["guarantee_producer"]}


def say_index(said: dict[str, str]) -> str:
    """Say the index of repairability or of durability, out of ten; blank without one."""
    if not said.get("index_score"):
        return ""
    score = {"score": localize(Decimal(said["index_score"]))}
    if said.get("index_kind") == "durability":
        return _("Durability index: %(score)s/10") % score
    return _("Repairability index: %(score)s/10") % score


def name_of(key: str) -> str:
    """Name what a line of the sheet says."""
    return {
        "spare_parts": _("Spare parts"),
        "updates": _("Software updates"),
        "after_sales": _("After-sales service"),
    }[key]


def say_lines(said: dict[str, str]) -> list[tuple[str, str]]:
    """Return what stands in a list of its own, labelled: parts, updates, after-sales service."""
    return [(name_of(key), said[key]) for key in _OF_RECAP if said.get(key)]


def say_in_short(pairs: Iterable[tuple[str, str]]) -> str:
    """Say all of it on one line, as the recap does above the button; blank where there is nothing."""
    said = dict(pairs)
    if not said:
        return ""
    listed = (
        _("%(what)s: %(said)s") % {"what": name, "said": text} for name, text in say_lines(said)
    )
    return " · ".join(filter(None, (say_guarantee(said), say_index(said), *listed)))
