"""Proving by a code that one reads the e-mail of an order, where no private link is at hand."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.kernel.tokens import new_link_token
from chalandise.messaging.actions import send
from chalandise.ordering.actions.withdrawing import (
    CODE_MINUTES,
    check_withdrawal_code,
    new_withdrawal_code,
)
from chalandise.ordering.errors import WrongCodeError
from chalandise.ordering.models import Order
from chalandise.portals.queries import base_address
from chalandise.storefront.following.withdrawal_keys import CODE_SALT, order_of, to_form, too_late
from chalandise.storefront.home import crumbs_to
from chalandise.web.request import PortalRequest

KEY_SECONDS = 2 * 3600


class CodeForm(forms.Form):
    """The code of the e-mail."""

    code = forms.CharField(
        label=gettext_lazy("The code, six letters and digits"),
        error_messages={"required": gettext_lazy("Type the code of the e-mail.")},
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


def send_code(request: PortalRequest, order: Order) -> None:
    """Send a fresh code to the address of the order; the one before is worth nothing any more."""
    at = timezone.now()
    send(
        "withdrawal_code",
        to=order.customer_email,
        key=f"withdrawal_code:{new_link_token()}",
        portal=request.portal,
        context={
            "code": new_withdrawal_code(order, at=at),
            "number": order.number,
            "form_url": f"{base_address(request.portal)}{to_form(order)}",
            "minutes": CODE_MINUTES,
        },
        at=at,
    )


def code(request: PortalRequest, key: str) -> HttpResponse:
    """Ask for the code that was sent, and open the form to whoever knows it."""
    order = order_of(key, salt=CODE_SALT, seconds=KEY_SECONDS)
    if order is None:
        return redirect(too_late())
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_withdrawal_code(order, form.cleaned_data["code"], at=timezone.now())
        except WrongCodeError:
            text = _(
                "This code is not the right one, or no longer good. Nothing was sent to the shop."
            )
            form.add_error("code", text)
        else:
            return redirect(to_form(order))
    first = (_("Withdraw from the contract"), reverse("storefront:withdraw"))
    context = {
        "form": form,
        "email": order.customer_email,
        "minutes": CODE_MINUTES,
        "crumbs": crumbs_to(request, first, (_("The code of the e-mail"), "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "storefront/withdrawals/code.html", context, status=status)
