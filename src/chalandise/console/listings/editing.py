"""Writing down what a caller says: contact, address, hours and services, each a form of its own."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.listings.establishment_forms import (
    AddressForm,
    ContactForm,
    DeskForm,
    HoursForm,
    ServicesForm,
)
from chalandise.console.wording import fact_name, refusal
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment
from chalandise.directory.queries.desk import get_establishment_for_desk
from chalandise.directory.states import HoursPurpose, SourceKind
from chalandise.directory.values import SourceRef
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.policies import DESK_ROLES

PARTS: dict[str, tuple[type[DeskForm], object]] = {
    "contact": (ContactForm, gettext_lazy("Who and how to reach them")),
    "address": (AddressForm, gettext_lazy("Address")),
    "hours": (HoursForm, gettext_lazy("Opening hours")),
    "services": (ServicesForm, gettext_lazy("Services")),
}
FIELD_OF = {
    **{f"hours:{purpose}": purpose.value for purpose in HoursPurpose},
    "address": "street",
}


@desk_page(DESK_ROLES)
def edit_establishment(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """Write down one part of a sheet."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    if part not in PARTS:
        raise NotFoundError
    form_class, title = PARTS[part]
    form = form_class(request.POST or None, shop=shop, portal=request.desk.portal)
    if request.method == "POST" and form.is_valid() and _apply(request, shop, form):
        return redirect("console:establishment", pk=shop.pk)
    context = {
        "title": title,
        "subtitle": shop.name,
        "back_url": reverse("console:establishment", args=[shop.pk]),
        "back_label": shop.name,
        "form": form,
        "button": _("Save"),
    }
    return form_page(request, "console/form.html", context)


def _apply(request: DeskRequest, shop: Establishment, form: DeskForm) -> bool:
    """Bring the facts; a refused one is told beside its field, and nothing is kept."""
    facts = form.facts()
    by, source = request.desk.actor, request.desk.source()
    if form.cleaned_data["spoken_by_merchant"]:
        by = replace(by, behalf_of=shop.name)
        source = SourceRef(SourceKind.MERCHANT, _("the merchant"))
    if not facts:
        messages.info(request, _("Nothing was changed."))
        return True
    try:
        applied = apply_facts(shop, facts, source=source, by=by, at=timezone.now())
    except BadFactError as error:
        name = FIELD_OF.get(error.field, error.field)
        form.add_error(name if name in form.fields else None, refusal(error.reason))
        return False
    if applied.changed or applied.confirmed:
        messages.success(request, _("Written down. Everybody sees it within two seconds."))
    if applied.kept:
        messages.warning(
            request,
            _("The merchant has said otherwise, so this stays as it was: %(fields)s.")
            % {"fields": ", ".join(fact_name(one) for one in applied.kept)},
        )
    return True
