"""A delivery that does not come: put the shop on notice, then end the contract (L216-6, L216-7).

By the private link, without account and without script; what may be done follows from the day alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.fulfilment.actions.lateness import demand_delivery, end_late_order
from chalandise.fulfilment.promises import FURTHER_DAYS, Right, right_of, today_at
from chalandise.fulfilment.queries.customers import following
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.ordering.states import Pays
from chalandise.storefront.home import crumbs_to
from chalandise.web.doors import found_or_404
from chalandise.web.formatting import calendar_day
from chalandise.web.request import PortalRequest, actor_of


class DemandForm(forms.Form):
    """By which day the delivery is demanded."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Deliver to me by"), coerce=int, widget=forms.RadioSelect, initial="7"
    )

    def __init__(self, data: Mapping[str, Any] | None, *, today: date) -> None:
        super().__init__(data)
        field = self.fields["days"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            (days, calendar_day(today + timedelta(days=days), "weekday")) for days in FURTHER_DAYS
        ]


def late(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Show what may be done about a delivery that is late, and do it."""
    found, part = found_or_404(_part, token, part_id)
    at = timezone.now()
    progress = following([part.pk]).get(part.pk)
    state, until = (progress.state, progress.demanded_until) if progress else ("", None)
    right = right_of(part, state, until, at=at)
    form = DemandForm(request.POST or None, today=today_at(part, at))
    if request.method == "POST" and _done(request, part, form, right, at=at):
        return redirect("storefront:order", token=token)
    context = {
        "section": "order",
        "order": found,
        "part": part,
        "form": form,
        "right": right.value,
        "until": until,
        "is_sent": bool(progress and progress.sent_at),
        "is_paid": part.paid_at is not None,
        "is_paid_online": part.pays == Pays.ONLINE,
        "crumbs": crumbs_to(
            request,
            (
                _("Order %(number)s") % {"number": found.number},
                reverse("storefront:order", args=[token]),
            ),
            (_("My delivery is late"), ""),
        ),
        "noindex": True,
    }
    status = 422 if form.errors else 200
    response = render(request, "storefront/orders/late.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _part(token: str, part_id: int) -> tuple[Order, MerchantOrder]:
    order = get_order_by_token(token)
    for part in order.merchant_orders.all():
        if part.pk == part_id:
            return order, part
    raise NotFoundError


def _done(
    request: PortalRequest, part: MerchantOrder, form: DemandForm, right: Right, *, at: datetime
) -> bool:
    """Do what the person pressed; what came or ended meanwhile is said by the page of the order."""
    by = actor_of(request)
    if right is Right.END:
        with suppress(StaleStateError):
            end_late_order(part, by=by, at=at)
            messages.success(request, _("The contract is ended. We have written to the shop."))
        return True
    if right is Right.DEMAND and form.is_valid():
        with suppress(StaleStateError):
            demand_delivery(part, days=form.cleaned_data["days"], by=by, at=at)
            text = _("Your demand has gone to the shop, and a copy of it to you by e-mail.")
            messages.success(request, text)
        return True
    return right not in (Right.END, Right.DEMAND)
