"""What changed since somebody looked, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.ordering.errors import Change, Changed
from chalandise.web.formatting import money


def said_changes(changes: Iterable[Change]) -> list[str]:
    """Return one sentence for each thing that is no longer as it was shown."""
    return [_said(one) for one in changes]


def _said(change: Change) -> str:
    name = {"name": change.name}
    prices = {
        **name,
        "was": money(change.was) if change.was is not None else "",
        "now": money(change.now) if change.now is not None else "",
    }
    match change.kind:
        case Changed.GONE:
            return _("“%(name)s” is no longer available.") % name
        case Changed.LESS_LEFT:
            left = change.now or 0
            return ngettext(
                "Only %(left)s “%(name)s” is left.", "Only %(left)s “%(name)s” are left.", left
            ) % {**name, "left": left}
        case Changed.PRICE_UP:
            return _("“%(name)s” now costs %(now)s instead of %(was)s.") % prices
        case Changed.PRICE_DOWN:
            return _("Good news: “%(name)s” now costs %(now)s instead of %(was)s.") % prices
        case Changed.FEE:
            return _("Getting it from %(name)s now costs %(now)s instead of %(was)s.") % prices
        case Changed.TOTAL:
            return _("The total is now %(now)s instead of %(was)s.") % prices
        case Changed.CART:
            return _("Your basket has changed since you began.")
        case Changed.WAY:
            return _("%(name)s no longer offers the way you chose.") % name
        case Changed.ESSENTIALS:
            return _("Something about your order has changed.")
