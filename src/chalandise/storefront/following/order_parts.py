"""What each shop sells of an order, filled into its moulds: where it stands, code, money, papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from chalandise.fulfilment.models import Question
from chalandise.fulfilment.passes import PASS_SECONDS
from chalandise.fulfilment.promises import Right, right_of
from chalandise.fulfilment.queries.customers import Following, following, pass_for
from chalandise.fulfilment.queries.moving import may_move
from chalandise.fulfilment.states import FulfilmentState, QuestionKind
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.policies import may_cancel
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind
from chalandise.payments.queries import OrderPaid, PartPaid
from chalandise.payments.sums import PartSums, Sums
from chalandise.settlements.models import Invoice
from chalandise.settlements.queries.doors import invoices_of_orders
from chalandise.storefront.buying.recap_page import draw_seller, draw_way
from chalandise.storefront.following.order_lines import draw_lines
from chalandise.web.formatting import money, telephone
from chalandise.web.moulds import Own, fill_in

STATE_WORDS = {
    MerchantOrderState.AWAITING_PAYMENT: gettext_lazy("Waiting for your payment"),
    MerchantOrderState.PLACED: gettext_lazy("Sent to the shop"),
    MerchantOrderState.ACCEPTED: gettext_lazy("The shop prepares it"),
    MerchantOrderState.COMPLETED: gettext_lazy("You have it"),
    MerchantOrderState.DECLINED: gettext_lazy("The shop could not"),
    MerchantOrderState.CANCELLED: gettext_lazy("Cancelled"),
    MerchantOrderState.EXPIRED: gettext_lazy("Not paid in time"),
    MerchantOrderState.UNCOLLECTED: gettext_lazy("Not collected"),
}
PREPARING_WORDS = {
    FulfilmentState.PACKED: gettext_lazy("On its way to the pickup point"),
    FulfilmentState.READY: gettext_lazy("It is ready"),
    FulfilmentState.SENT: gettext_lazy("It is on its way"),
}
_WAITING = {MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.PLACED}
"""Unpaid and in these states, nothing is prepared and no document is written yet."""

STEPS = (
    (MerchantOrderState.PLACED, pgettext_lazy("step", "Ordered")),
    (MerchantOrderState.ACCEPTED, pgettext_lazy("step", "Accepted")),
    (MerchantOrderState.COMPLETED, pgettext_lazy("step", "In your hands")),
)


@dataclass(frozen=True)
class _Shown:
    """One part with everything that its page says of it."""

    order: Order
    paid: PartPaid
    recap: Mapping[str, Any]
    sums: PartSums
    progress: Following | None
    papers: Sequence[Invoice]

    @property
    def part(self) -> MerchantOrder:
        return self.paid.merchant_order

    def address(self, name: str) -> str:
        """Return where a page about this part is."""
        return reverse(f"storefront:{name}", args=[self.order.token, self.part.pk])


def draw_parts(
    order: Order,
    paid: OrderPaid,
    sums: Mapping[int, PartSums],
    progress: Mapping[int, Following],
    csrf_token: str,
    *,
    at: datetime,
) -> list[SafeString]:
    """Draw the parts of an order, in the order of its recap."""
    recaps = order.recap["merchants"]
    papers = invoices_of_orders(_begun(paid))
    shown = [
        _Shown(
            order=order,
            paid=one,
            recap=recaps[_place(one)],
            sums=sums[one.merchant_order.pk],
            progress=progress.get(one.merchant_order.pk),
            papers=papers.get(one.merchant_order.number, ()),
        )
        for one in sorted(paid.parts, key=_place)
    ]
    return [_draw_part(one, csrf_token, at) for one in shown]


def progress_of(paid: OrderPaid) -> dict[int, Following]:
    """Return how far the shops are with the parts that they may have begun."""
    return following(one.pk for one in _begun(paid))


def _begun(paid: OrderPaid) -> list[MerchantOrder]:
    told = (one for one in paid.parts if one.payment or one.merchant_order.state not in _WAITING)
    return [one.merchant_order for one in told]


def draw_sums(sums: Sums, due_words: str = "") -> SafeString:
    """Draw the figures of a merchant order, or of the whole order."""
    return fill_in(
        "storefront/orders/_sums.html",
        same={"has_changed": sums.has_changed, "is_restated": sums.now != sums.ordered},
        own={
            "ordered": money(sums.ordered),
            "now": money(sums.now),
            "taken": _if_any(sums.taken),
            "back": _if_any(sums.back),
            "coming": _if_any(sums.coming),
            "kept": money(sums.kept),
            "due": _if_any(sums.due),
            "announced": _if_any(sums.announced),
            "due_words": due_words,
        },
    )


def _if_any(cents: int) -> str:
    return money(cents) if cents else ""


def may_be_cancelled(paid: PartPaid) -> bool:
    """Tell whether the customer may call a part off: nobody has begun it, and nobody is paying it."""
    return may_cancel(paid.merchant_order) and not paid.is_open


def _draw_part(one: _Shown, csrf_token: str, at: datetime) -> SafeString:
    part, shop = one.part, one.part.establishment
    return fill_in(
        "storefront/orders/_part.html",
        same={
            "state": part.state,
            "steps": _steps(part),
            "is_delivered": part.way_kind == WayKind.DELIVERY,
        },
        own={
            "csrf_token": csrf_token,
            "key": str(part.pk),
            "slug": shop.slug,
            "name": shop.name,
            "said": _said(one),
            "reason": part.reason,
            "gathered_by": one.recap["gathered_by"],
            "when": draw_way({**one.recap, **_when_now(part)}),
            "lines": draw_lines(one.sums),
            "fee": _if_any(one.sums.fee_cents),
            "sums": draw_sums(one.sums.sums, _due_words(part)),
            "phone": shop.phone,
            "phone_said": telephone(shop.phone) if shop.phone else "",
            "seller": draw_seller(one.recap["seller"], shop.slug),
            **_progress(one.progress),
            **_code(one, at),
            **_presses(one),
            **_lateness(one, at),
            **_papers(one),
        },
    )


def _said(one: _Shown) -> str:
    """Say where a part stands, by what the preparing says where it has begun."""
    said = STATE_WORDS[MerchantOrderState(one.part.state)]
    if one.progress is not None and one.part.state == MerchantOrderState.ACCEPTED:
        said = PREPARING_WORDS.get(FulfilmentState(one.progress.state), said)
    return str(said)


def _progress(progress: Following | None) -> dict[str, Own]:
    if progress is None:
        return {"questions": [], "carrier": "", "tracking": ""}
    return {
        "questions": [(_asked(one), one.token) for one in progress.questions],
        "carrier": progress.carrier,
        "tracking": progress.tracking,
    }


def _asked(question: Question) -> str:
    """Say what a shop asks about."""
    name = {"name": question.line.product_name}
    if question.kind == QuestionKind.HEAVIER:
        return _("Heavier than agreed: %(name)s") % name
    return _("Missing: %(name)s") % name


def _code(one: _Shown, at: datetime) -> dict[str, Own]:
    """Return the code to collect with, and where its picture of this minute is.

    Nobody asks for one at a letter box; what a gift basket gathers comes with its presenter's code.
    """
    needs_none = one.part.way_kind == WayKind.SHIPPING or one.part.gathered_by_id is not None
    if one.part.state != MerchantOrderState.ACCEPTED or not one.part.pickup_code or needs_none:
        return {"code": "", "picture": ""}
    minute = int(at.timestamp()) // PASS_SECONDS  # the picture is asked for again
    has_pass = bool(pass_for(one.part, at=at))
    return {
        "code": one.part.pickup_code,
        "picture": f"{one.address('order_qr')}?m={minute}" if has_pass else "",
    }


def _presses(one: _Shown) -> dict[str, Own]:
    """Return where the buttons of a part lead, blank where there is none."""
    moves = may_move(one.part, one.progress.state if one.progress else "")
    return {
        "move_url": one.address("move_slot") if moves else "",
        "cancel_url": one.address("cancel_order") if may_be_cancelled(one.paid) else "",
    }


def _lateness(one: _Shown, at: datetime) -> dict[str, Own]:
    """Say that a delivery is late and what may be done; blank where it is not."""
    state, until = (one.progress.state, one.progress.demanded_until) if one.progress else ("", None)
    right = right_of(one.part, state, until, at=at)
    words = {
        Right.DEMAND: _("Your delivery is late"),
        Right.WAIT: _("You have put the shop on notice to deliver"),
        Right.END: _("You may end the contract and be paid back"),
    }
    return {
        "late_said": words.get(right, ""),
        "late_url": one.address("late") if right in words else "",
    }


def _papers(one: _Shown) -> dict[str, Own]:
    """Return the documents of a part, or the receipt while there are none."""
    has_receipt = bool(one.sums.sums.taken) and not one.papers
    return {
        "papers": [
            (
                _paper_words(paper),
                reverse("storefront:order_invoice", args=[one.order.token, paper.pk]),
            )
            for paper in one.papers
        ],
        "receipt_url": one.address("receipt") if has_receipt else "",
    }


def _paper_words(paper: Invoice) -> str:
    number = {"number": paper.number}
    if paper.kind == "invoice":
        return _("Invoice %(number)s (PDF)") % number
    return _("Credit note %(number)s (PDF)") % number


def _due_words(part: MerchantOrder) -> str:
    """Say where what is left to pay will be paid."""
    if part.pays != Pays.ON_COLLECTION:
        return _("To pay")
    if part.way_kind == WayKind.DELIVERY:
        return _("To be paid on delivery")
    return _("To pay on collection")


def _place(paid: PartPaid) -> int:
    """Return where a part stands in the recap: its number says it, the order of writing does not.

    What a gift basket gathers is written last, wherever it stands.
    """
    return int(paid.merchant_order.number.rpartition("-")[2]) - 1


def _when_now(part: MerchantOrder) -> dict[str, str]:
    """Return the time of a slot that was moved since the order, as its recap would say it."""
    if not part.slot_moves or part.starts_at is None or part.ends_at is None:
        return {}
    zone = ZoneInfo(part.way.get("timezone") or part.establishment.timezone)
    return {
        "starts_at": part.starts_at.astimezone(zone).isoformat(),
        "ends_at": part.ends_at.astimezone(zone).isoformat(),
    }


def _steps(part: MerchantOrder) -> tuple[tuple[str, str], ...]:
    order: list[str] = [state for state, _label in STEPS]
    state: str = part.state
    if state not in order:
        return ()
    now, last = order.index(state), len(order) - 1
    return tuple(
        (str(label), "is-done" if n < now or n == now == last else "is-now" if n == now else "")
        for n, (_state, label) in enumerate(STEPS)
    )
