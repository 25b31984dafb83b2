"""The lines of an order in words: what became of each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.catalogue.states import WithdrawalException
from chalandise.ordering.states import ChangeKind
from chalandise.payments.sums import ENDED, LineChanged, LineSum, PartSums


def said_lines(part: PartSums) -> list[dict[str, Any]]:
    """Return the lines of a merchant order as they stand, with what became of each in words."""
    has_ended = part.part.state in ENDED
    return [_said_line(one, has_ended=has_ended) for one in part.lines]


def _said_line(one: LineSum, *, has_ended: bool) -> dict[str, Any]:
    line = one.line
    # What the customer does not get, nobody could withdraw from: there is nothing to except.
    code = line.withdrawal_exception if one.quantity and not has_ended else ""
    return {
        "name": f"{line.product_name} – {line.variant_name}"
        if line.variant_name
        else line.product_name,
        "basket": line.basket_name,
        "quantity": one.quantity,
        "cents": one.cents,
        "ordered": line.quantity,
        "ordered_cents": line.total_cents,
        "has_changed": bool(one.changes),
        "is_gone": one.quantity == 0,
        "exception": WithdrawalException(code).label if code else "",
        "changes": [_said_change(change) for change in one.changes],
        "withdrawing": one.withdrawing,
    }


def _said_change(change: LineChanged) -> str:
    count = -change.quantity
    words = {"count": count, "name": change.name, "grams": change.grams}
    match change.kind:
        case ChangeKind.MISSING:
            return ngettext("%(count)d missing", "%(count)d missing", count) % words
        case ChangeKind.REPLACED:
            return _("replaced by: %(name)s") % words
        case ChangeKind.WEIGHED:
            return _("weighed: %(grams)d g") % words
        case ChangeKind.WITHDRAWN:
            return ngettext("%(count)d given back", "%(count)d given back", count) % words
        case ChangeKind.GESTURE:
            return _("a gesture of the shop")
