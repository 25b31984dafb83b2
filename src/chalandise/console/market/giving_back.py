"""A whole order given back in two steps: what each merchant gives is read, then confirmed once."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.fulfilment.actions.whole import (
    Outcome,
    PartGivenBack,
    refund_whole_order,
    stays_on_its_way,
)
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.orders import get_order_on
from chalandise.ordering.states import (
    MERCHANT_ORDER_TRANSITIONS,
    Goods,
    MerchantOrderState,
    Pays,
)
from chalandise.payments.models import Refund
from chalandise.payments.queries import refunds_of
from chalandise.payments.states import RefundState
from chalandise.payments.sums import Sums, sums_of
from chalandise.portals.policies import DESK_ROLES

_SAID: dict[Outcome, Promise | str] = {
    Outcome.CALLED_OFF: gettext_lazy("called off, what was paid is promised back"),
    Outcome.ON_ITS_WAY: gettext_lazy("all of it is promised back, and it goes on its way"),
    Outcome.GIVEN_BACK: gettext_lazy("all of it is promised back"),
    Outcome.NOTHING_LEFT: gettext_lazy("nothing was left to give back"),
    Outcome.FAILED: gettext_lazy("nothing was changed: look at this part and try again"),
}
_TRAVELS_ON = gettext_lazy("on its way to the customer, and stays theirs")
_WITH_THE_CUSTOMER = gettext_lazy("with the customer, and stays theirs")
_GOODS: dict[Goods, Promise | str] = {
    Goods.SELLABLE: gettext_lazy("back on the shelf"),
    Goods.BY_KIND: gettext_lazy(
        "what keeps goes back on the shelf, what perishes or was cut is lost"
    ),
    Goods.LOST: gettext_lazy("has left the shop: counted as lost, until the shop counts it again"),
}


class GivingBackForm(forms.Form):
    """Why, and that it is meant."""

    reason = forms.CharField(
        label=gettext_lazy("Why, in a few words"),
        help_text=gettext_lazy("The customer and the shops read them."),
        max_length=200,
    )
    is_meant = forms.BooleanField(
        label=gettext_lazy("Yes, give all of it back"),
        error_messages={"required": gettext_lazy("Tick the box: money cannot be called back.")},
    )


@dataclass(frozen=True)
class Row:
    """What one merchant's part gives back.

    Attributes:
        part: the merchant order.
        sums: its figures today.
        promised_cents: due back and not arrived yet.
        owed_cents: of those, what waits for the merchant's balance.
        to_give_cents: what a press would give back.
        short_cents: what it costs beyond what is left of its payment: it went back elsewhere.
        goods: what becomes of the goods by a press, in words.
        is_open: whether a press calls it off.
        is_in_shop: whether the shop gives the money back itself.
    """

    part: MerchantOrder
    sums: Sums
    promised_cents: int
    owed_cents: int
    to_give_cents: int
    short_cents: int
    goods: Promise | str
    is_open: bool
    is_in_shop: bool


@desk_page(DESK_ROLES)
def give_order_back(request: DeskRequest, number: str) -> HttpResponse:
    """Read what each merchant of an order gives back; then confirm."""
    order = get_order_on(request.desk.portal, number)
    form = GivingBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = refund_whole_order(
            order,
            reason=form.cleaned_data["reason"],
            by=request.desk.actor,
            at=timezone.now(),
        )
        _tell(request, done)
        return redirect("console:give_order_back", number=order.number)
    rows = rows_of(order)
    context = {
        "title": _("Give the whole order back"),
        "subtitle": _("Order %(number)s") % {"number": order.number},
        "back_url": reverse("console:order", args=[order.number]),
        "back_label": _("Order %(number)s") % {"number": order.number},
        "order": order,
        "rows": rows,
        "form": form,
        "total": sum(one.to_give_cents for one in rows),
        "has_work": any(one.is_open or one.to_give_cents for one in rows),
    }
    return form_page(request, "console/orders/give_back.html", context)


def rows_of(order: Order) -> list[Row]:
    """Return what each merchant's part of an order gives back; some statements a part."""
    parts = list(order.merchant_orders.select_related("establishment").order_by("pk"))
    sums, goods = sums_of(parts), goods_of(parts)
    return [_row(part, sums[part.pk].sums, goods[part.pk], refunds_of(part)) for part in parts]


def _row(part: MerchantOrder, sums: Sums, goods: Goods, refunds: list[Refund]) -> Row:
    is_standing = MERCHANT_ORDER_TRANSITIONS.allows(part.state, MerchantOrderState.CANCELLED)
    travels = is_standing and stays_on_its_way(part, goods)
    is_open = is_standing and not travels
    is_received = part.state == MerchantOrderState.COMPLETED
    costs = sums.now - sums.announced if is_standing or is_received else 0
    to_give = min(costs, sums.kept)
    stays = _TRAVELS_ON if travels else _WITH_THE_CUSTOMER if is_received else ""
    owed = sum(one.amount_cents for one in refunds if one.is_debt and _waits(one))
    promised = max(0, sums.taken - sums.back - sums.now)  # its refunds may not be written yet
    return Row(
        part=part,
        sums=sums,
        promised_cents=promised,
        owed_cents=owed,
        to_give_cents=to_give,
        short_cents=costs - to_give if sums.taken and (is_open or to_give) else 0,
        goods=_GOODS[goods] if is_open else stays,
        is_open=is_open,
        is_in_shop=part.pays == Pays.ON_COLLECTION,
    )


def _waits(refund: Refund) -> bool:
    return refund.state in (RefundState.REQUESTED, RefundState.SENT)


def _tell(request: DeskRequest, done: list[PartGivenBack]) -> None:
    """Say of each merchant what became of its part; a failure stands out."""
    for one in done:
        words = {"shop": one.part.establishment.name, "what": _SAID[one.outcome]}
        said = _("%(shop)s: %(what)s.") % words
        if one.outcome is Outcome.FAILED:
            messages.warning(request, said)
        else:
            messages.success(request, said)
        if one.is_short:
            lacks = _(
                "%(shop)s: less was left than was due. The rest waits among the money to look at."
            )
            messages.warning(request, lacks % {"shop": one.part.establishment.name})
