"""Claims: who asks to look after a sheet; by telephone, the agent hands it over at once."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.figures import claims_awaiting_letter, waiting_claims
from chalandise.console.paging import page_of
from chalandise.directory.actions.claims import (
    Claimant,
    accept_claim_by_phone,
    settle_claim,
)
from chalandise.directory.cleaning.phones import clean_phones
from chalandise.directory.errors import AlreadyClaimedError
from chalandise.directory.models import Claim
from chalandise.directory.queries.desk import get_establishment_for_desk
from chalandise.directory.states import ClaimState
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES
from chalandise.portals.queries import scope_filter


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("accept", gettext_lazy("Hand the sheet over")),
            ("refuse", gettext_lazy("Refuse")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why (kept in the history)"), required=False, max_length=200
    )


class PhoneClaimForm(forms.Form):
    """Who is on the telephone, once the agent has rung back the number on record."""

    name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("They sign in by a code sent there; no password is needed."),
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=40)
    is_checked = forms.BooleanField(
        label=gettext_lazy("I have checked that this person speaks for the shop")
    )

    def clean_phone(self) -> str:
        """Read a number as people write it."""
        text = self.cleaned_data["phone"]
        read = clean_phones(text).value.primary if text else ""
        if text and not read:
            raise forms.ValidationError(_("This is not a telephone number that can be dialled."))
        return read


@desk_page(DESK_ROLES)
def claims(request: DeskRequest) -> HttpResponse:
    """List the claims that nobody has decided, the oldest first."""
    rows = page_of(request, waiting_claims(request.desk.portal))
    context = {
        "title": _("Claims"),
        "rows": rows,
        "letter_count": claims_awaiting_letter(request.desk.portal).count(),
    }
    return render(request, "console/claims/list.html", context)


@desk_page(DESK_ROLES)
def claim(request: DeskRequest, pk: int) -> HttpResponse:
    """Read one claim, and decide it."""
    found = _get_claim(request.desk.portal, pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _settle(request, found, form)
    context = {
        "title": found.claimant_name or found.claimant_email or _("Letter without answer yet"),
        "subtitle": found.establishment.name,
        "back_url": reverse("console:claims"),
        "back_label": _("Claims"),
        "claim": found,
        "shop": found.establishment,
        "is_waiting": found.state == ClaimState.PENDING,
        "form": form,
    }
    return form_page(request, "console/claims/claim.html", context)


@desk_page(DESK_ROLES)
def claim_by_phone(request: DeskRequest, pk: int) -> HttpResponse:
    """Hand a sheet over to the person on the telephone."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    form = PhoneClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            accept_claim_by_phone(
                shop,
                portal=request.desk.portal,
                agent=request.desk.user,
                claimant=Claimant(asked["name"], asked["email"], asked["phone"]),
                at=timezone.now(),
            )
        except AlreadyClaimedError:
            form.add_error(
                None, _("Somebody else looks after this sheet: decide their claim first.")
            )
        else:
            messages.success(
                request,
                _("%(person)s looks after “%(shop)s” now, and is told by e-mail.")
                % {"person": asked["name"], "shop": shop.name},
            )
            return redirect("console:establishment", pk=shop.pk)
    context = {
        "title": _("Hand the sheet over by telephone"),
        "subtitle": shop.name,
        "back_url": reverse("console:establishment", args=[shop.pk]),
        "back_label": shop.name,
        "introduction": _(
            "Ring the number on record, or check in another way that the person speaks for the "
            "shop. Your name stays in the history."
        ),
        "form": form,
        "button": _("Hand the sheet over"),
    }
    return form_page(request, "console/form.html", context)


def _settle(request: DeskRequest, found: Claim, form: DecisionForm) -> HttpResponse:
    is_accepted = form.cleaned_data["decision"] == "accept"
    try:
        settle_claim(
            found,
            portal=request.desk.portal,
            agent=request.desk.user,
            is_accepted=is_accepted,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except StaleStateError:
        messages.warning(request, _("Somebody has already decided this claim."))
    else:
        messages.success(
            request,
            _("The sheet is handed over, and the person is told by e-mail.")
            if is_accepted
            else _("The claim is refused."),
        )
    return redirect("console:claims")


def _get_claim(portal: Portal, pk: int) -> Claim:
    found = (
        Claim.objects.filter(scope_filter(portal, prefix="establishment__commune"), pk=pk)
        .select_related("establishment__commune", "establishment__category", "user")
        .first()
    )
    if found is None:
        raise NotFoundError
    return found
