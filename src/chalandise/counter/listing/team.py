"""The people who look after a shop: who they are, inviting one more, taking a place back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.counter.doors import as_member, found_or_404, own_hands_page
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError, RateLimitedError, StaleStateError
from chalandise.organisations.errors import AlreadyMemberError, LastOwnerError
from chalandise.organisations.invitations import (
    accept_invitation,
    get_invitation_for,
    invite_colleague,
    is_owner,
    remove_member,
    require_owner,
    withdraw_invitation,
)
from chalandise.organisations.models import Organisation
from chalandise.organisations.states import InvitationState, MemberRole
from chalandise.web.request import MemberRequest

ROLES = [
    (MemberRole.MEMBER, gettext_lazy("Colleague: hours, photographs, requests")),
    (MemberRole.OWNER, gettext_lazy("In charge: the same, and the team")),
]


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=gettext_lazy("Their e-mail address"))
    role = forms.ChoiceField(
        label=gettext_lazy("Their place"),
        choices=ROLES,
        initial=MemberRole.MEMBER,
        widget=forms.RadioSelect,
    )


@own_hands_page
def team(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show the team; an owner invites."""
    organisation = _organisation(shop)
    may_invite = is_owner(request.user, organisation)
    form = InvitationForm(request.POST or None)
    if request.method == "POST":
        found_or_404(require_owner, request.user, organisation)
        if form.is_valid() and _invite(request, organisation, form):
            return redirect("counter:team", shop.slug)
    context = {
        "shop": shop,
        "section": "listing",
        "form": form if may_invite else None,
        "members": organisation.memberships.select_related("user").order_by("role", "pk"),
        "invitations": organisation.invitations.filter(
            state=InvitationState.PENDING, expires_at__gt=timezone.now()
        ).order_by("pk")
        if may_invite
        else [],
    }
    return render(request, "counter/team.html", context, status=422 if form.is_bound else 200)


def _invite(request: MemberRequest, organisation: Organisation, form: InvitationForm) -> bool:
    email = form.cleaned_data["email"]
    try:
        invite_colleague(
            organisation,
            email,
            role=MemberRole(form.cleaned_data["role"]),
            user=request.user,
            portal_slug=request.portal.slug,
            at=timezone.now(),
        )
    except AlreadyMemberError:
        form.add_error("email", _("This person is in your team already."))
    except RateLimitedError:
        form.add_error("email", _("Ten invitations a day are enough. Go on tomorrow."))
    else:
        messages.success(
            request, _("The invitation is on its way to %(email)s.") % {"email": email}
        )
        return True
    return False


@own_hands_page
@require_POST
def change_team(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Take back an invitation or a place."""
    organisation = _organisation(shop)
    at = timezone.now()
    found_or_404(require_owner, request.user, organisation)
    if number := _number(request.POST.get("invitation")):
        one = get_object_or_404(organisation.invitations, pk=number)
        try:
            withdraw_invitation(one, user=request.user, at=at)
        except StaleStateError:
            messages.info(request, _("It was answered meanwhile."))
        else:
            messages.success(request, _("The invitation is taken back."))
    elif number := _number(request.POST.get("member")):
        member = get_object_or_404(organisation.memberships, pk=number)
        is_self = member.user_id == request.user.pk
        try:
            remove_member(member, user=request.user, at=at)
        except LastOwnerError:
            messages.warning(request, _("Somebody must stay in charge: name another person first."))
        else:
            messages.success(request, _("This person no longer reaches the counter."))
            if is_self:
                return redirect("counter:shops")
    return redirect("counter:team", shop.slug)


@login_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation, signed in with the address it was written to."""
    member = as_member(request)
    at = timezone.now()
    try:
        found = get_invitation_for(member.user, token, at=at)
    except NotFoundError:
        context = {"email": member.user.email, "noindex": True}
        return render(request, "counter/invitation_over.html", context, status=404)
    if request.method == "POST":
        try:
            accept_invitation(found, member.user, at=at)
        except StaleStateError:
            messages.info(request, _("It was answered meanwhile."))
        else:
            messages.success(request, _("Welcome to the team!"))
        return redirect("counter:shops")
    context = {"organisation": found.organisation, "noindex": True}
    return render(request, "counter/invitation.html", context)


def _organisation(shop: Establishment) -> Organisation:
    organisation = shop.organisation
    assert organisation is not None  # noqa: S101 - `shop_page` opens by membership
    return organisation


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
