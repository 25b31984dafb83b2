"""The host name of a portal: where it answers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.menu import ADMINISTRATORS
from chalandise.console.operating.portals import get_portal_of_desk
from chalandise.portals.actions import move_to_host
from chalandise.portals.errors import HostRefusedError
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address
from chalandise.portals.wording import sentence_for


class HostForm(forms.Form):
    """One line: a host name, or nothing."""

    host = forms.CharField(
        label=gettext_lazy("Host name"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Written like achats-lot.fr. Left blank, the portal answers below its parent."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none"}),
    )


@desk_page(ADMINISTRATORS)
def portal_host(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a portal answer at a name of its own."""
    found = get_portal_of_desk(request, pk)
    form = HostForm(request.POST or None, initial={"host": found.host or ""})
    if request.method == "POST" and form.is_valid():
        try:
            move_to_host(found, form.cleaned_data["host"], by=request.desk.actor, at=timezone.now())
        except HostRefusedError as error:
            form.add_error("host", sentence_for(error))
        else:
            messages.success(
                request,
                _("The portal answers at %(address)s.") % {"address": base_address(found)},
            )
            return redirect("console:portal", pk=found.pk)
    context = {
        "title": _("Where the portal answers"),
        "subtitle": found.name,
        "back_url": reverse("console:portal", args=[found.pk]),
        "back_label": found.name,
        "introduction": _introduction(found),
        "form": form,
        "button": _("Save"),
    }
    return form_page(request, "console/form.html", context)


def _introduction(portal: Portal) -> str:
    return _(
        "Today: %(address)s. First let the new name lead to this server, with its certificate; once "
        "saved, the portal no longer answers at its former name."
    ) % {"address": base_address(Portal.objects.get(pk=portal.pk))}
