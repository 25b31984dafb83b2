"""The lines of an order in words: what became of each."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.ordering.states import ChangeKind, Pays
from chalandise.payments.sums import ENDED, LineChanged, LineSum, PartSums
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web.formatting import money
from chalandise.web.moulds import fill_in
from chalandise.web.pictures import photo_address


def draw_lines(part: PartSums) -> list[SafeString]:
    """Draw the lines of a merchant order as they stand, with what became of each in words."""
    has_ended = part.part.state in ENDED
    pays = part.part.pays
    return [_draw_line(one, pays=pays, has_ended=has_ended) for one in part.lines]


def _draw_line(one: LineSum, *, pays: str, has_ended: bool) -> SafeString:
    line = one.line
    # What the customer does not get, nobody could withdraw from: there is nothing to except.
    code = line.withdrawal_exception if one.quantity and not has_ended else ""
    is_gone = one.quantity == 0
    name, variant = line.product_name, line.variant_name
    return fill_in(
        "storefront/orders/_line.html",
        same={"is_gone": is_gone, "has_changed": bool(one.changes)},
        own={
            "picture": photo_address(line.photo_name) if line.photo_name else "",
            "picture_avif": photo_address(line.photo_name, "480.avif"),
            "quantity": str(line.quantity if is_gone else one.quantity),
            "name": f"{name} – {variant}" if variant else name,
            "basket": line.basket_name,
            "changes": [
                *([_say_scales(one, pays)] if _waits(one) and not has_ended else []),
                *(_said_change(change) for change in one.changes),
            ],
            "ordered": str(line.quantity) if one.changes else "",
            "ordered_sum": money(line.total_cents) if one.changes else "",
            "withdrawing": str(one.withdrawing or ""),
            "exception": say_exception(code),
            "sum": money(one.cents),
        },
    )


def _say_scales(one: LineSum, pays: str) -> str:
    """Say what the scales may change of the price, by the way it is paid."""
    grams = (one.line.estimate_grams or 0) * one.quantity
    if pays == Pays.ONLINE:
        return _(
            "about %(grams)d g, weighed when prepared: you pay the estimate, never more;"
            " less is given back"
        ) % {"grams": grams}
    return _(
        "about %(grams)d g, weighed when prepared: you pay the real weight, never over"
        " %(percent)d %% more without being asked"
    ) % {"grams": grams, "percent": one.line.tolerance_percent}


def _waits(one: LineSum) -> bool:
    """Tell whether the scales have still to speak."""
    is_weighed = any(change.kind == ChangeKind.WEIGHED for change in one.changes)
    return one.line.is_weight_priced and bool(one.quantity) and not is_weighed


def _said_change(change: LineChanged) -> str:
    count = -change.quantity
    words = {"count": count, "name": change.name, "grams": change.grams, "word": change.word}
    match change.kind:
        case ChangeKind.MISSING:
            return ngettext("%(count)d missing", "%(count)d missing", count) % words
        case ChangeKind.REPLACED:
            return _("replaced by: %(name)s") % words
        case ChangeKind.WEIGHED:
            return _("weighed: %(grams)d g") % words
        case ChangeKind.WITHDRAWN:
            return ngettext("%(count)d given back", "%(count)d given back", count) % words
        case ChangeKind.GESTURE if change.word:
            return _("a gesture of the shop: “%(word)s”") % words
        case ChangeKind.GESTURE:
            return _("a gesture of the shop")
