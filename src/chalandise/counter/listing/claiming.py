"""« C’est mon commerce »: asking for a sheet, and typing the code."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.counter.doors import as_member, found_or_404
from chalandise.directory.actions.claims import claim_by_code, request_claim
from chalandise.directory.errors import AlreadyClaimedError, ClaimOverError, WrongCodeError
from chalandise.directory.models import Establishment
from chalandise.directory.queries import get_establishment_on
from chalandise.directory.states import ClaimChannel, ClaimState
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError
from chalandise.web.request import MemberRequest, PortalRequest

WISH = "claim_wished"  # the key of the session
WISH_LASTS = timedelta(minutes=30)
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


def claim(request: PortalRequest, slug: str) -> HttpResponse:
    """Explain the three ways; signing in comes only with the first step, and costs no other press.

    What a visitor chose waits in their session while they sign in, half an hour at most and once.
    """
    shop: Establishment = found_or_404(get_establishment_on, request.portal, slug)
    if request.method == "POST":
        channel = request.POST.get("channel", "")
        if channel not in [str(one) for one in OFFERED]:
            raise Http404
        if request.user.is_authenticated:
            return _request(request, shop, channel)
        request.session[WISH] = [shop.pk, channel, timezone.now().isoformat()]
        return redirect_to_login(request.path)
    if request.user.is_authenticated and (channel := _take_wish(request, shop)):
        return _request(request, shop, channel)
    return render(request, "counter/claim.html", {"shop": shop, "noindex": True})


def _take_wish(request: HttpRequest, shop: Establishment) -> str:
    """Return the way that a visitor chose for this shop before signing in, once."""
    wished = request.session.pop(WISH, None)
    if wished is None:
        return ""
    pk, channel, at = wished
    is_fresh = timezone.now() - datetime.fromisoformat(at) < WISH_LASTS
    return str(channel) if pk == shop.pk and is_fresh else ""


def short_claim(request: PortalRequest, pk: int) -> HttpResponse:
    """Lead from the address printed in a letter, short enough to be typed, to the page of the code."""
    slug = Establishment.objects.on(request.portal).published().filter(pk=pk).values_list("slug")
    found = slug.first()
    if found is None:
        raise Http404
    return redirect("counter:claim_code", found[0])


def _request(request: HttpRequest, shop: Establishment, channel: str) -> HttpResponse:
    member = as_member(request)
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
