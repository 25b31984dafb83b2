"""A recall: what carries a bar code leaves the shelves, and whoever bought it is told."""

from __future__ import annotations

import re

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chalandise.catalogue.actions import recall_products
from chalandise.catalogue.fields import is_gtin
from chalandise.catalogue.models import Product
from chalandise.console.desk import DeskRequest, desk_page
from chalandise.ordering.queries.recalls import bought_lately
from chalandise.portals.policies import DESK_ROLES


class RecallForm(forms.Form):
    """The bar code, and what is wrong."""

    gtin = forms.CharField(
        label=gettext_lazy("Bar code"),
        max_length=20,
        help_text=gettext_lazy("As the order of the authority or the maker gives it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("What is wrong, and what to do"),
        max_length=400,
        help_text=gettext_lazy(
            "Customers and merchants read these words: copy those of the notice."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_gtin(self) -> str:
        """Take the figures, whatever parts them; refuse a wrong check digit."""
        gtin = re.sub(r"[\s-]", "", str(self.cleaned_data["gtin"]))
        if not is_gtin(gtin):
            raise forms.ValidationError(_("This is no bar code: look at its figures again."))
        return gtin


@desk_page(DESK_ROLES)
def recalls(request: DeskRequest) -> HttpResponse:
    """Look at what a recall would touch, then do it (GPSR, article 22; DSA, article 32)."""
    portal, at = request.desk.portal, timezone.now()
    form = RecallForm(request.POST or None)
    found: list[Product] = []
    buyers = 0
    is_looked_at = request.method == "POST" and form.is_valid()
    if is_looked_at:
        gtin = form.cleaned_data["gtin"]
        rows = Product.objects.on(portal).filter(variants__gtin=gtin)
        found = list(rows.select_related("establishment").order_by("pk").distinct())
        if found and request.POST.get("do") == "recall":
            reason = form.cleaned_data["reason"]
            taken = recall_products(
                gtin, by=request.desk.actor, at=at, reason=reason, portal=portal
            )
            text = ngettext(
                "%(count)d product has left its shelf; its merchant and its buyers are told.",
                "%(count)d products have left their shelves; merchants and buyers are told.",
                len(taken),
            )
            messages.success(request, text % {"count": len(taken)})
            return redirect("console:recalls")
        buyers = bought_lately([one.pk for one in found], at=at).count()
    context = {
        "title": _("Product recalls"),
        "subtitle": _("Within two working days of an order of an authority, three of a notice."),
        "form": form,
        "is_looked_at": is_looked_at,
        "found": found,
        "buyers": buyers,
    }
    status = 422 if form.errors else 200
    return render(request, "console/recalls/recall.html", context, status=status)
