"""Photo-to-shelf: a photograph, a name, a price, what the law asks of the kind, done."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.actions import NewProduct, finish_product, put_on_shelf
from chalandise.catalogue.actions.shelf import LONGEST_NAME
from chalandise.catalogue.classification import FALLBACK_CATEGORY, guess_category
from chalandise.catalogue.errors import BadFieldError, BookPriceError
from chalandise.catalogue.models import Product, ProductCategory
from chalandise.catalogue.queries.publishing import missing_to_publish, seller_missing
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.asked_form import AskedForm, askable
from chalandise.counter.goods.book_words import say_book_price
from chalandise.counter.goods.price_field import PriceField
from chalandise.counter.goods.product_forms import category_choices
from chalandise.counter.goods.shelf import is_published, product_of_shop
from chalandise.counter.goods.shelf_words import say_bad_field
from chalandise.counter.photo_pages import say_picture_refusal
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Establishment
from chalandise.directory.photos import MOST_BYTES
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.web.request import MemberRequest

_FIELDS = {
    "food_sheet": "ingredients",
    "safety": "manufacturer_name",
    "net_quantity": "amount",
}


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


class ShelfForm(PutForm):
    """The same, with its kind where the guess is wrong."""

    category = forms.ChoiceField(label=gettext_lazy("Kind of product"), required=False)

    def __init__(self, data: object, files: object, *, guessed: ProductCategory) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        text = _("%(kind)s (guessed)") % {"kind": guessed.shown_name}
        field.choices = [("", text), *category_choices()]


@shop_page
def put(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Put a product on the shelf from a telephone; its kind asks what the law asks of it.

    With script a name that is another kind's brings that kind's questions (``do=look``); without,
    those of the shop's own trade stand there, and what another kind asks comes on a second screen.
    """
    is_looking = request.POST.get("do") == "look"
    guessed, kind = _kinds_of(request, shop)
    if is_looking and request.POST.get("kind") == kind.pk:
        return HttpResponse(status=204)
    form = ShelfForm(request.POST or None, request.FILES or None, guessed=guessed)
    asked = AskedForm(None if is_looking else request.POST or None, shop=shop, category=kind)
    if is_looking:
        asked.keep_typed(request.POST)
    elif request.method == "POST" and form.is_valid() & asked.is_valid():
        try:
            return _go_on(request, shop, *_put(request, shop, form, asked))
        except PictureRefusedError as refused:
            form.add_error("photo", say_picture_refusal(refused.reason))
        except BookPriceError as refused:
            asked.add_error("publisher_price", say_book_price(refused))
        except BadFieldError as refused:
            _mark_refused(form, asked, refused)
    has_errors = not is_looking and bool(form.errors or asked.errors)
    if has_errors and request.FILES:
        form.fields["photo"].help_text = _("Choose the photograph once more, please.")
    context = {
        "shop": shop,
        "section": "shelf",
        "form": form,
        "asked": asked,
        "kind": kind,
        "has_errors": has_errors,
        "may_not_sell": bool(seller_missing(shop.organisation)),
        "key": str(_key_of(request)),
    }
    return render(request, "counter/put.html", context, status=422 if has_errors else 200)


@shop_page
def finish(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Ask what still lacks of a product, nothing else, and show it to customers."""
    product = product_of_shop(request, shop, pk)
    missing = missing_to_publish(product)
    if is_published(product) or not askable(missing, product):
        return redirect("counter:product", shop.slug, pk)
    form = AskedForm(
        request.POST or None,
        request.FILES or None,
        shop=shop,
        category=product.category,
        product=product,
        missing=missing,
    )
    if request.method == "POST" and form.is_valid():
        price = product.variants.all()[0].offer.price_cents
        answers = form.answers(price_cents=price)
        try:
            left = finish_product(product, answers, by=actor_of(request), at=timezone.now())
        except PictureRefusedError as refused:
            form.add_error("photo", say_picture_refusal(refused.reason))
        except BookPriceError as refused:
            form.add_error("publisher_price", say_book_price(refused))
        except BadFieldError as refused:
            _mark_refused(form, form, refused)
        else:
            return _go_on(request, shop, product, left)
    context = {
        "shop": shop,
        "section": "shelf",
        "product": product,
        "asked": form,
        "kind": product.category,
    }
    return render(request, "counter/finish.html", context, status=422 if form.errors else 200)


def _kinds_of(
    request: MemberRequest, shop: Establishment
) -> tuple[ProductCategory, ProductCategory]:
    """Return the kind that the name and the shop make likely, and the one that is meant."""
    likely = guess_category(request.POST.get("name", ""), shop.category_id)
    chosen = request.POST.get("category", "")
    kinds = ProductCategory.objects.filter(parent__isnull=False).in_bulk(
        [likely, chosen, FALLBACK_CATEGORY]
    )
    guessed = kinds.get(likely) or kinds.get(FALLBACK_CATEGORY) or ProductCategory(key=likely)
    return guessed, kinds.get(chosen, guessed)


def _put(
    request: MemberRequest, shop: Establishment, form: PutForm, asked: AskedForm
) -> tuple[Product | None, tuple[str, ...]]:
    """Make the product and say what lacks of it; None where this very press made it (a double tap)."""
    photo, at = form.cleaned_data["photo"], timezone.now()
    name, price = form.cleaned_data["name"], form.cleaned_data["price"]
    made: list[tuple[Product, tuple[str, ...]]] = []

    def act() -> None:
        product = put_on_shelf(
            shop,
            photo.read() if photo else None,
            name=name,
            price_cents=price,
            by=actor_of(request),
            at=at,
            new=NewProduct(name, price, category=asked.category.pk),
        )
        answers = asked.answers(price_cents=price)
        made.append((product, finish_product(product, answers, by=actor_of(request), at=at)))

    tap = Tap(key=_key_of(request), establishment=shop, what="put_on_shelf", subject="")
    act_once(tap, act, at=at)
    return made[0] if made else (None, ())


def _go_on(
    request: MemberRequest, shop: Establishment, made: Product | None, missing: tuple[str, ...]
) -> HttpResponse:
    if made is None:
        messages.info(request, _("This was done already; it was not done twice."))
        return redirect("counter:shelf", shop.slug)
    if not missing:
        messages.success(request, _("%(name)s is on the shelf!") % {"name": made.name})
        return redirect("counter:product", shop.slug, made.pk)
    text = _("%(name)s is kept. A word or two more, and customers see it.")
    messages.success(request, text % {"name": made.name})
    page = "counter:finish" if askable(missing, made) else "counter:product"
    return redirect(page, shop.slug, made.pk)


def _mark_refused(form: forms.Form, asked: AskedForm, refused: BadFieldError) -> None:
    """Show a refusal at the field it is about."""
    if refused.field == "epr_ids":
        for name in [one for one in asked.fields if one.startswith("epr_")]:
            asked.add_error(name, _("Write it like FR123456_01ABCD."))
        return
    field, text = _FIELDS.get(refused.field, refused.field), say_bad_field(refused.reason)
    if field in asked.fields:
        asked.add_error(field, text)
    else:
        form.add_error(field if field in form.fields else None, text)


def _key_of(request: MemberRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()
