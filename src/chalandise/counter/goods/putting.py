"""Photo-to-shelf: a photograph, a name, a price, done."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.catalogue.actions import put_on_shelf
from chalandise.catalogue.actions.shelf import LONGEST_NAME
from chalandise.catalogue.errors import BadFieldError, BadPriceError
from chalandise.catalogue.models import Product
from chalandise.catalogue.prices import read_price
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.shelf import is_published
from chalandise.counter.goods.shelf_words import say_bad_field, say_bad_price
from chalandise.counter.photo_pages import say_picture_refusal
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Establishment
from chalandise.directory.photos import MOST_BYTES
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.web.request import MemberRequest


class PriceField(forms.CharField):
    """A price as people type it; cleaned to cents."""

    def __init__(self, **kwargs: object) -> None:
        values: dict[str, object] = {
            "max_length": 20,
            "widget": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        }
        super().__init__(**values)  # type: ignore[arg-type]

    @override
    def clean(self, value: object) -> object:
        """Return cents; None for a blank that may be one."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return read_price(str(typed))
        except BadPriceError:
            raise forms.ValidationError(say_bad_price()) from None


class PutForm(forms.Form):
    """The three things that make a product."""

    photo = forms.FileField(
        label=gettext_lazy("The photograph"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    name = forms.CharField(
        label=gettext_lazy("What is it?"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    price = PriceField(
        label=gettext_lazy("Price, all taxes included (€)"),
    )

    def clean_photo(self) -> object:
        """Stop what is too heavy before it is read into memory."""
        photo = self.cleaned_data["photo"]
        if photo and photo.size > MOST_BYTES:
            raise forms.ValidationError(say_picture_refusal("too_heavy"))
        return photo


@shop_page
def put(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Put a product on the shelf from a telephone."""
    form = PutForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _put(request, shop, form)
        except PictureRefusedError as refused:
            form.add_error("photo", say_picture_refusal(refused.reason))
        except BadFieldError as refused:
            form.add_error("name", say_bad_field(refused.reason))
        else:
            return _go_on(request, shop, made)
    if form.errors and request.FILES:
        form.fields["photo"].help_text = _("Choose the photograph once more, please.")
    context = {"shop": shop, "section": "shelf", "form": form, "key": str(_key_of(request))}
    return render(request, "counter/put.html", context, status=422 if form.errors else 200)


def _put(request: MemberRequest, shop: Establishment, form: PutForm) -> Product | None:
    """Make the product; None where this very press made it already (a double tap)."""
    photo, at = form.cleaned_data["photo"], timezone.now()
    made: list[Product] = []

    def act() -> None:
        product = put_on_shelf(
            shop,
            photo.read() if photo else None,
            name=form.cleaned_data["name"],
            price_cents=form.cleaned_data["price"],
            by=actor_of(request),
            at=at,
        )
        made.append(product)

    tap = Tap(key=_key_of(request), establishment=shop, what="put_on_shelf", subject="")
    act_once(tap, act, at=at)
    return made[0] if made else None


def _go_on(request: MemberRequest, shop: Establishment, made: Product | None) -> HttpResponse:
    if made is None:
        messages.info(request, _("This was done already; it was not done twice."))
        return redirect("counter:shelf", shop.slug)
    if is_published(made):
        text = _("%(name)s is on the shelf!")
    else:
        text = _("%(name)s is kept. A word or two more, and customers see it.")
    messages.success(request, text % {"name": made.name})
    return redirect("counter:product", shop.slug, made.pk)


def _key_of(request: MemberRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()
