"""One product: what it is, its photographs, whether customers see it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.catalogue.actions import (
    add_photo,
    describe_photo,
    edit_product,
    price_book,
    put_photo_first,
    remove_photo,
)
from chalandise.catalogue.actions.photos import MOST_PHOTOS
from chalandise.catalogue.errors import BadFieldError, BookPriceError, NotPublishableError
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.baskets import invitations_of, parts_of_basket
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.states import ProductKind, ProductState
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.asked_form import askable
from chalandise.counter.goods.book_words import say_book_promise
from chalandise.counter.goods.durability_fields import field_refused
from chalandise.counter.goods.green_words import green_warning
from chalandise.counter.goods.product_forms import ProductForm, field_of
from chalandise.counter.goods.shelf import lines_of, product_of_shop
from chalandise.counter.goods.shelf_words import lacks_of, say_bad_field
from chalandise.counter.goods.soldes_words import soldes_warning
from chalandise.counter.photo_pages import change_photo, take_photo
from chalandise.directory.models import Establishment
from chalandise.web.request import MemberRequest


@shop_page
def product(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show a product to its merchant, and write what is said of it."""
    found = product_of_shop(request, shop, pk)
    form = ProductForm(request.POST or None, product=found)
    if request.method == "POST" and form.is_valid() and _save(request, form, shop, pk):
        messages.success(request, _("Noted: the product is up to date."))
        return redirect("counter:product", shop.slug, pk)
    shown = product_of_shop(request, shop, pk)
    is_basket = shown.kind == ProductKind.BASKET
    missing = missing_to_publish(shown) if shown.state != ProductState.PUBLISHED else ()
    return render(
        request,
        "counter/product.html",
        {
            "shop": shop,
            "section": "shelf",
            "product": shown,
            "line": lines_of([shown], at=timezone.now())[0],
            "photos": list(shown.photos.all()),
            "lacks": lacks_of(missing, shown, shop),
            "may_finish": askable(missing, shown),
            "is_available": any(one.offer.is_available for one in shown.variants.all()),
            "soldes": soldes_warning(shown, shop, at=timezone.now()),
            "green": green_warning(shown),
            "form": form,
            "parts": parts_of_basket(pk, shop) if is_basket else (),
            "invitations": invitations_of(pk) if is_basket else (),
        },
        status=422 if form.errors else 200,
    )


def _save(request: MemberRequest, form: ProductForm, shop: Establishment, pk: int) -> bool:
    by, at = actor_of(request), timezone.now()
    try:
        # Fetched anew: what is refused leaves its marks on the one that was given.
        with transaction.atomic():
            if form.book is not None and form.is_new_book:
                price_book(
                    form.book,
                    publisher_price_cents=form.cleaned_data["publisher_price"],
                    is_old_stock=form.cleaned_data["is_old_stock"],
                    by=by,
                    at=at,
                )
            edit_product(product_of_shop(request, shop, pk), form.changes(), by=by, at=at)
    except BookPriceError:
        form.add_error("publisher_price", say_book_promise())
        return False
    except BadFieldError as refused:
        field = field_refused(refused.reason) or field_of(refused.field)
        if field == "epr_ids":
            for stream in form.streams:
                form.add_error(f"epr_{stream}", _("Write it like FR123456_01ABCD."))
            return False
        form.add_error(field if field in form.fields else None, say_bad_field(refused.reason))
        return False
    except NotPublishableError as refused:
        form.add_error(None, _("Customers see this product, so it must keep what the law asks:"))
        for lack in lacks_of(refused.missing, form.product, shop):
            form.add_error(None, lack.text)
        return False
    return True


@shop_page
def product_photos(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show the photographs of a product and take another."""
    found = product_of_shop(request, shop, pk)
    form, is_kept = take_photo(
        request,
        lambda content, text: add_photo(
            found, content, alt=text, by=actor_of(request), at=timezone.now()
        ),
        when_full=_("Eight photographs are enough: take one down first."),
    )
    if is_kept:
        messages.success(request, _("Beautiful! Customers see it with the product."))
        return redirect("counter:product_photos", shop.slug, pk)
    photos = list(found.photos.all())
    return render(
        request,
        "counter/product_photos.html",
        {
            "shop": shop,
            "section": "shelf",
            "product": found,
            "form": form,
            "photos": photos,
            "is_full": len(photos) >= MOST_PHOTOS,
        },
        status=422 if form.errors else 200,
    )


@shop_page
@require_POST
def product_photo(
    request: MemberRequest, shop: Establishment, pk: int, photo_pk: int
) -> HttpResponse:
    """Describe a photograph of a product, put it first, or take it down."""
    found: Product = product_of_shop(request, shop, pk)
    one = get_object_or_404(found.photos.select_related("product"), pk=photo_pk)
    change_photo(
        request, one, describe=describe_photo, put_first=put_photo_first, remove=remove_photo
    )
    if request.POST.get("back") == "shelf":
        return redirect("counter:shelf", shop.slug)
    return redirect("counter:product_photos", shop.slug, pk)
