"""« Une erreur ? »: a visitor says that something on a sheet is wrong."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.queries.product_pages import get_product_on
from chalandise.directory.actions.reports import report_error
from chalandise.directory.queries import get_establishment_on
from chalandise.directory.states import ReportKind
from chalandise.kernel.errors import NotFoundError, RateLimitedError
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.reservation_form import EMAIL_ERRORS
from chalandise.web.doors import found_or_404
from chalandise.web.errors import too_many
from chalandise.web.request import PortalRequest, actor_of, client_address


class ReportForm(forms.Form):
    """What is wrong, in a click and a sentence."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        choices=ReportKind.choices,
        error_messages={"required": gettext_lazy("Choose what comes closest.")},
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What should it say?"),
        help_text=gettext_lazy("The more precise, the sooner it is corrected."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("Only if you would like an answer. It is never shown."),
        error_messages=EMAIL_ERRORS,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def report(request: PortalRequest, slug: str) -> HttpResponse:
    """Take the word of a visitor that something is wrong."""
    shop = found_or_404(get_establishment_on, request.portal, slug)
    form = ReportForm(
        request.POST if request.method == "POST" else None, initial=_about_product(request)
    )
    if form.is_valid():
        try:
            report_error(
                shop,
                kind=ReportKind(form.cleaned_data["kind"]),
                text=form.cleaned_data["text"].replace("\x00", ""),
                email=form.cleaned_data["email"],
                client=client_address(request),
                by=actor_of(request),
                at=timezone.now(),
            )
        except RateLimitedError as error:
            return too_many(request, error.retry_after_seconds)
        return redirect("storefront:report_thanks", slug=slug)
    context = {
        "shop": shop,
        "form": form,
        "crumbs": _crumbs(request, shop.name, slug),
        "noindex": True,
    }
    status = 422 if form.is_bound else 200
    return render(request, "storefront/reports/report.html", context, status=status)


def report_thanks(request: PortalRequest, slug: str) -> HttpResponse:
    """Say that the word has arrived, and what happens now."""
    shop = found_or_404(get_establishment_on, request.portal, slug)
    context = {"shop": shop, "crumbs": _crumbs(request, shop.name, slug), "noindex": True}
    return render(request, "storefront/reports/thanks.html", context)


def _about_product(request: PortalRequest) -> dict[str, str]:
    """Begin the sentence where somebody comes from the page of a product."""
    slug = request.GET.get("produit", "")[:120]
    try:
        name = get_product_on(request.portal, slug).name if slug else ""
    except NotFoundError:
        name = ""
    if not name:
        return {}
    return {"kind": ReportKind.CONTENT, "text": _("The product “%(name)s”: ") % {"name": name}}


def _crumbs(request: PortalRequest, name: str, slug: str) -> list[tuple[str, str]]:
    return crumbs_to(
        request,
        (_("Shops"), reverse("storefront:directory")),
        (name, reverse("storefront:shop", args=[slug])),
        (_("Report an error"), ""),
    )
