"""« C’est mon commerce »: asking for a sheet, and typing the code."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from chalandise.counter.doors import as_member, found_or_404
from chalandise.directory.actions.claims import claim_by_code, request_claim
from chalandise.directory.errors import AlreadyClaimedError, ClaimOverError, WrongCodeError
from chalandise.directory.models import Establishment
from chalandise.directory.queries import get_establishment_on
from chalandise.directory.states import ClaimChannel, ClaimState
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError
from chalandise.web.request import MemberRequest, PortalRequest

ASKED_WAY = "choisie"
OFFERED = (ClaimChannel.EMAIL, ClaimChannel.LETTER)


class CodeForm(forms.Form):
    """The code of the e-mail or of the letter."""

    code = forms.CharField(
        label=gettext_lazy("The code, eight letters and digits"),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


@never_cache
def claim(request: PortalRequest, slug: str) -> HttpResponse:
    """Explain the three ways; signing in comes only with the first step."""
    shop: Establishment = found_or_404(get_establishment_on, request.portal, slug)
    if request.method == "POST" and request.user.is_authenticated:
        return _request(request, shop)
    if request.method == "POST":  # come back to the same page, which then says so
        return redirect_to_login(f"{request.path}?way={ASKED_WAY}")
    is_back = request.user.is_authenticated and request.GET.get("way") == ASKED_WAY
    context = {"shop": shop, "is_back": is_back, "noindex": True}
    return render(request, "counter/claim.html", context)


def _request(request: HttpRequest, shop: Establishment) -> HttpResponse:
    member = as_member(request)
    channel = request.POST.get("channel")
    if channel not in [str(one) for one in OFFERED]:
        raise Http404
    try:
        asked = request_claim(
            shop,
            portal=member.portal,
            user=member.user,
            channel=ClaimChannel(channel),
            by=Actor.person(member.user),
            at=timezone.now(),
        )
    except RateLimitedError:
        messages.warning(request, _("Too many requests for now. Call us: it goes faster."))
        return redirect("counter:claim", shop.slug)
    if asked.state == ClaimState.ACCEPTED:
        return _welcome(member, shop)
    if asked.channel == ClaimChannel.PHONE:
        context = {"shop": shop, "noindex": True}
        return render(request, "counter/claim_disputed.html", context)
    if asked.channel == ClaimChannel.LETTER:
        context = {"shop": shop, "noindex": True}
        return render(request, "counter/claim_letter.html", context)
    messages.info(
        request, _("If an e-mail address is on record for this shop, a code is on its way to it.")
    )
    return redirect("counter:claim_code", shop.slug)


@never_cache
@login_required
def claim_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the code back and hand over the sheet."""
    member = as_member(request)
    shop: Establishment = found_or_404(get_establishment_on, member.portal, slug)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim_by_code(
                shop,
                portal=member.portal,
                user=member.user,
                code=form.cleaned_data["code"],
                by=Actor.person(member.user),
                at=timezone.now(),
            )
        except WrongCodeError:
            form.add_error("code", _("This is not the right code. Look at each letter once more."))
        except ClaimOverError:
            form.add_error(
                "code", _("No code opens this sheet for now. Ask for another, or call us.")
            )
        except RateLimitedError:
            form.add_error("code", _("Too many tries. Try again in an hour, or call us."))
        except AlreadyClaimedError:
            return render(request, "counter/claim_disputed.html", {"shop": shop, "noindex": True})
        else:
            return _welcome(member, shop)
    return render(
        request,
        "counter/claim_code.html",
        {"shop": shop, "form": form, "noindex": True},
        status=422 if form.errors else 200,
    )


def _welcome(request: MemberRequest, shop: Establishment) -> HttpResponse:
    messages.success(request, _("Welcome! This sheet is in your hands."))
    return redirect("counter:home", shop.slug)
