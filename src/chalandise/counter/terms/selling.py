"""« Vendre en ligne »: who sells, on what terms, under which mandate, paid on which account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.catalogue.actions import accept_mandate, save_seller_profile
from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.models import MandateAcceptance, SellerProfile
from chalandise.catalogue.queries.publishing import (
    profile_of,
    seller_missing,
    sole_trader_of,
)
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.states import VatRegime
from chalandise.counter.doors import own_hands_page
from chalandise.counter.goods.shelf_words import say_bad_field
from chalandise.counter.terms.diligence import diligence_of
from chalandise.counter.terms.hygiene import asks_for_hygiene
from chalandise.counter.terms.selling_form import SellerForm
from chalandise.counter.terms.sole_trader import told_of
from chalandise.directory.models import Establishment
from chalandise.directory.rich_text import to_plain
from chalandise.fulfilment.policies import KEPT_FOR, PERISHABLE_KEPT_FOR
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.payments.actions.accounts import refresh_account, start_onboarding
from chalandise.payments.errors import NoOnlinePaymentError, ProviderError, SignInNotFreshError
from chalandise.payments.models import MerchantAccount
from chalandise.payments.providers.register import online_provider
from chalandise.payments.queries import account_of, why_payouts_wait
from chalandise.settlements.queries.commissions import coming_change
from chalandise.web.formatting import telephone
from chalandise.web.request import MemberRequest

_TEXTS = Path(__file__).parent / "texts"
_ASKED = "_____"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    """One thing to do before selling, done or not."""

    text: str
    url: str
    is_done: bool


@own_hands_page
def selling(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Say who sells, and see what still lacks."""
    organisation = _organisation(shop)
    profile = profile_of(organisation)
    form = SellerForm(
        request.POST or None,
        shop=shop,
        profile=profile,
        asks_for_hygiene=asks_for_hygiene(organisation, profile),
        initial=_initial(shop, profile) | told_of(sole_trader_of(organisation)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            by, at = Actor.person(request.user), timezone.now()
            save_seller_profile(organisation, form.changes(), by=by, at=at)
        except BadFieldError as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, _say_refused(refused.reason))
        else:
            messages.success(request, _("Noted: this is what customers read of you."))
            return redirect("counter:selling", shop.slug)
    account = account_of(organisation)
    steps = _steps(shop, organisation, account)
    accepted = MandateAcceptance.objects.filter(
        organisation=organisation, text_version=MANDATE_VERSION
    ).first()
    return render(
        request,
        "counter/selling.html",
        {
            "shop": shop,
            "section": "shelf",
            "form": form,
            "steps": steps,
            "is_ready": all(step.is_done for step in steps),
            "accepted": accepted,
            "mandate": _text("mandate.txt", legal_name=_named(profile, organisation)),
            "commission": request.portal.commission_bp,
            "coming": coming_change(request.portal),
            "account": account,
            "wait": why_payouts_wait(organisation, at=timezone.now()) if account else None,
            "takes_money": online_provider() is not None,
            **diligence_of(shop),
        },
        status=422 if form.errors else 200,
    )


@own_hands_page
@require_POST
def mandate(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Accept that invoices are written in the shop's name."""
    if request.POST.get("accept"):
        accept_mandate(_organisation(shop), by=Actor.person(request.user), at=timezone.now())
        messages.success(request, _("Thank you: invoices are written in your name from now on."))
    else:
        messages.warning(request, _("Tick the box first: nothing was accepted in your name."))
    return redirect(reverse("counter:selling", args=[shop.slug]) + "#mandat")


@own_hands_page
@require_POST
def bank(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Go to whoever takes the money, to say where it is to be paid."""
    organisation = _organisation(shop)
    here = reverse("counter:selling", args=[shop.slug])
    if request.POST.get("do") != "open":
        return redirect(here)
    back = reverse("counter:bank_back", args=[shop.slug])
    profile = profile_of(organisation)
    try:
        url = start_onboarding(
            organisation,
            email=(profile.email if profile else "") or request.user.email,
            return_url=request.build_absolute_uri(back),
            signed_in_at=request.user.last_login,
            by=Actor.person(request.user),
            at=timezone.now(),
        )
    except SignInNotFreshError:
        logout(request)
        text = _(
            "Where your money goes is well guarded: sign in once more, then press the button again."
        )
        messages.info(request, text)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    except NoOnlinePaymentError:
        messages.info(request, _("Customers pay at your counter here: no account is needed."))
        return redirect(here)
    except ProviderError:
        messages.warning(request, _say_silence())
        return redirect(here)
    return redirect(url)


@own_hands_page
def bank_back(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Come back from there, and look how the account stands."""
    account = account_of(_organisation(shop))
    if account is not None:
        try:
            account = refresh_account(account, at=timezone.now())
        except ProviderError:
            messages.warning(request, _say_silence())
        else:
            if account.is_ready:
                messages.success(request, _("Your account is ready: customers can pay online."))
            else:
                text = _("Your account is begun and not finished: go on whenever you like.")
                messages.info(request, text)
    return redirect("counter:selling", shop.slug)


def _organisation(shop: Establishment) -> Organisation:
    if shop.organisation is None:
        raise Http404
    return shop.organisation


def _initial(shop: Establishment, profile: SellerProfile | None) -> dict[str, Any]:
    """Return what is known, and what may be proposed where nothing is."""
    initial: dict[str, Any] = {name: getattr(profile, name, "") for name in SellerForm.base_fields}
    address = "\n".join(filter(None, [shop.street, f"{shop.postal_code} {shop.commune}"]))
    proposed = {
        "legal_name": shop.organisation.name if shop.organisation else shop.name,
        "address": address,
        "email": shop.email,
        "phone": shop.phone,
        "siret": shop.siret or "",
        "vat_regime": VatRegime.NORMAL,
    }
    initial.update({name: text for name, text in proposed.items() if not initial[name]})
    if profile and profile.terms_version:
        initial["terms_html"] = to_plain(profile.terms_html)
    else:
        told = ("legal_name", "email", "phone")
        initial["terms_html"] = _text(
            "terms.txt",
            shop=shop.name,
            address=", ".join(str(initial["address"]).splitlines()),
            kept_hours=str(KEPT_FOR // HOUR),
            fresh_hours=str(PERISHABLE_KEPT_FOR // HOUR),
            **{name: initial[name] or _ASKED for name in told},
        )
    initial["phone"] = telephone(initial["phone"]) if initial["phone"] else ""
    return initial


def _steps(
    shop: Establishment, organisation: Organisation, account: MerchantAccount | None
) -> list[Step]:
    missing = set(seller_missing(organisation))
    identity = {"profile", "legal_name", "address", "email", "phone", "siret", "vat_number"}
    mediator = {"profile", "mediator_name", "mediator_address"}
    terms = {"profile", "terms_version"}

    def lacks(fields: set[str]) -> bool:
        return bool(missing & {f"seller:{field}" for field in fields})

    page = reverse("counter:selling", args=[shop.slug])
    steps = [
        Step(_("Say who sells"), f"{page}#id_legal_name", not lacks(identity)),
        Step(_("Name a mediator"), f"{page}#id_mediator_name", not lacks(mediator)),
        Step(_("Settle the terms of sale"), f"{page}#id_terms_html", not lacks(terms)),
        Step(_("Sign the invoicing mandate"), f"{page}#mandat", not lacks({"mandate"})),
    ]
    if online_provider() is not None:
        is_ready = account is not None and account.is_ready
        steps.append(Step(_("Say where to be paid"), f"{page}#banque", is_ready))
    return steps


def _named(profile: SellerProfile | None, organisation: Organisation) -> str:
    return (profile.legal_name if profile else "") or organisation.name


def _text(name: str, **words: str) -> str:
    """Return one of the texts of law, which are French whatever the language of the page."""
    return (_TEXTS / name).read_text(encoding="utf-8").format(**words).strip()


def _say_refused(reason: str) -> str:
    if reason == "closed_platform":
        return _("The European dispute platform closed in July 2025: take its address out.")
    if reason == "bad_approval":
        return _("Write it as on your labels, such as FR 46.042.003 CE.")
    if reason == "impossible_birth":
        return _("Look at this date again: who sells is sixteen at least, and born after 1899.")
    return say_bad_field(reason)


def _say_silence() -> str:
    return _(
        "Whoever takes the payments does not answer just now. Nothing is lost: try again shortly."
    )
