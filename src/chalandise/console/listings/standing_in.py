"""« Agir pour le commerçant »: an agent opens a merchant's counter, for a reason and half an hour."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.directory.actions.standing_in import open_stand_in
from chalandise.directory.errors import (
    AlreadyStandingInError,
    NobodyToStandInForError,
    StaffShopError,
)
from chalandise.directory.models import Establishment
from chalandise.directory.queries.desk import get_establishment_for_desk
from chalandise.directory.queries.stand_ins import find_running_stand_in
from chalandise.portals.policies import DESK_ROLES
from chalandise.web.stand_in import sit_down


class StandInForm(forms.Form):
    """Why, and that the merchant asks for it."""

    reason = forms.CharField(
        label=gettext_lazy("What the merchant asks you to do"),
        help_text=gettext_lazy("The merchant reads it, by e-mail and at their counter."),
        max_length=200,
    )
    is_asked = forms.BooleanField(
        label=gettext_lazy("The merchant is on the telephone and asks me to act for them")
    )


@desk_page(DESK_ROLES)
def stand_in(request: DeskRequest, pk: int) -> HttpResponse:
    """Sit down at a merchant's counter."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    form = StandInForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sit_down(request, shop, form):
        return redirect("counter:home", shop.slug)
    context = {
        "title": _("Act for the merchant"),
        "subtitle": shop.name,
        "back_url": reverse("console:establishment", args=[shop.pk]),
        "back_label": shop.name,
        "introduction": _(
            "For half an hour you use the counter of this shop. Everything is written down in both "
            "your names, and the merchant is told by e-mail at once. Signing, the bank account, the "
            "papers and the team stay closed to you."
        ),
        "form": form,
        "button": _("Open the counter"),
        "running": find_running_stand_in(request.desk.user, at=timezone.now()),
    }
    return form_page(request, "console/stand_in.html", context)


def _sit_down(request: DeskRequest, shop: Establishment, form: StandInForm) -> bool:
    try:
        opened = open_stand_in(
            shop,
            portal=request.desk.portal,
            agent=request.desk.user,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except NobodyToStandInForError:
        form.add_error(None, _("Nobody looks after this sheet yet: hand it over first."))
    except StaffShopError:
        form.add_error(None, _("Somebody of this shop is staff: nobody acts for a colleague."))
    except AlreadyStandingInError:
        form.add_error(None, _("You act for a merchant already: end that first."))
    else:
        sit_down(request, opened)
        return True
    return False
