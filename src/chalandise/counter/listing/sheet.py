"""The sheet itself: photographs, a few words, how to be reached."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.photo_pages import change_photo, take_photo
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.photos import (
    MOST_PHOTOS,
    add_photo,
    describe_photo,
    put_photo_first,
    remove_photo,
)
from chalandise.directory.cleaning import (
    clean_email,
    clean_phones,
    clean_website,
    phone_region_of_postal_code,
)
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment, Photo
from chalandise.directory.rich_text import to_plain
from chalandise.directory.sources import MERCHANT
from chalandise.web.formatting import telephone
from chalandise.web.request import MemberRequest


class TextForm(forms.Form):
    """A few words from the shop."""

    description = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("What you make, what people come for, what you are proud of."),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class ContactForm(forms.Form):
    """How to be reached; the e-mail is never shown."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    website = forms.CharField(
        label=gettext_lazy("Website or page"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    order_url = forms.CharField(
        label=gettext_lazy("Where to order online"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail, never shown"),
        help_text=gettext_lazy("For us to write to you; no visitor sees it."),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )

    def __init__(self, *args: object, region: str = "FR", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.region = region

    def clean_phone(self) -> str:
        """Read the number as it is dialled in the shop's département."""
        typed = self.cleaned_data["phone"]
        numbers = clean_phones(typed, region=self.region).value
        if typed and not numbers.primary:
            raise forms.ValidationError(_("This number cannot be dialled: look at its digits."))
        return numbers.primary if typed else ""

    def clean_website(self) -> str:
        """Complete what people leave out, refuse what a browser would run."""
        return self._address("website")

    def clean_order_url(self) -> str:
        """Complete what people leave out, refuse what a browser would run."""
        return self._address("order_url")

    def clean_email(self) -> str:
        """Keep one address."""
        typed = self.cleaned_data["email"]
        email = clean_email(typed).value
        if typed and not email:
            raise forms.ValidationError(_("This e-mail address is not complete."))
        return email

    def _address(self, field: str) -> str:
        typed = self.cleaned_data[field]
        address = clean_website(typed).value
        if typed and not address:
            raise forms.ValidationError(_("This is not the address of a page."))
        return address


@shop_page
def sheet(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show what the sheet holds, each part with its way to change it."""
    return render(request, "counter/sheet.html", {"shop": shop, "section": "listing"})


@shop_page
def photos(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show the photographs and take another."""
    form, is_kept = take_photo(
        request,
        lambda content, text: add_photo(
            shop, content, alternative_text=text, by=actor_of(request), at=timezone.now()
        ),
        when_full=_("Twelve photographs are enough: take one down first."),
    )
    if is_kept:
        messages.success(request, _("Beautiful! Your photograph is on your sheet."))
        return redirect("counter:photos", shop.slug)
    return render(
        request,
        "counter/photos.html",
        {
            "shop": shop,
            "section": "listing",
            "form": form,
            "photos": list(shop.photos.all()),
            "is_full": shop.photos.count() >= MOST_PHOTOS,
        },
        status=422 if form.errors else 200,
    )


@shop_page
@require_POST
def photo(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Describe a photograph, put it first, or take it down."""
    one = get_object_or_404(Photo.objects.filter(establishment=shop), pk=pk)
    change_photo(
        request, one, describe=describe_photo, put_first=put_photo_first, remove=remove_photo
    )
    return redirect("counter:photos", shop.slug)


@shop_page
def text(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Write a few words."""
    form = TextForm(request.POST or None, initial={"description": to_plain(shop.description)})
    if request.method == "POST" and form.is_valid() and _apply(request, shop, form):
        messages.success(request, _("Well said! It is on your sheet."))
        return redirect("counter:sheet", shop.slug)
    context = {"shop": shop, "section": "listing", "form": form}
    return render(request, "counter/text.html", context, status=422 if form.errors else 200)


@shop_page
def contact(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Say how to be reached."""
    initial = {name: getattr(shop, name) for name in ("website", "order_url", "email")}
    initial["phone"] = telephone(shop.phone) if shop.phone else ""
    region = phone_region_of_postal_code(shop.postal_code)
    form = ContactForm(request.POST or None, initial=initial, region=region)
    if request.method == "POST" and form.is_valid() and _apply(request, shop, form):
        messages.success(request, _("Noted: people reach you there from now on."))
        return redirect("counter:sheet", shop.slug)
    context = {"shop": shop, "section": "listing", "form": form}
    return render(request, "counter/contact.html", context, status=422 if form.errors else 200)


def _apply(request: MemberRequest, shop: Establishment, form: forms.Form) -> bool:
    """Bring the form's own fields, and no other, as facts of the merchant (fault 48)."""
    changed = {name: form.cleaned_data[name] for name in form.fields}
    by, at = actor_of(request), timezone.now()
    try:
        apply_facts(shop, changed, source=MERCHANT, by=by, at=at)
    except BadFactError as refused:
        form.add_error(
            refused.field if refused.field in form.fields else None,
            _("This cannot be kept as it is. Nothing else is lost."),
        )
        return False
    return True
