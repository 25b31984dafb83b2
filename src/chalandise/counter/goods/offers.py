"""The terms of one form of a product: price, promotion, size, stock; and forms added."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.catalogue.actions import (
    NewProduct,
    call_off_promotion,
    change_price,
    edit_offer,
    price_book,
    start_promotion,
)
from chalandise.catalogue.actions.shelf import add_variant
from chalandise.catalogue.errors import (
    BadFieldError,
    BadPriceError,
    BasketError,
    BookPriceError,
    NotPublishableError,
    PromotionClashError,
)
from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.queries import terms_of
from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.goods.book_words import (
    is_priced_by_publisher,
    say_book_price,
    typed_publisher_price,
)
from chalandise.counter.goods.green_words import green_warning
from chalandise.counter.goods.offer_forms import (
    BookPriceForm,
    BookVariantForm,
    PriceForm,
    PromotionForm,
    SizeForm,
    StockForm,
    VariantForm,
)
from chalandise.counter.goods.shelf import offer_of_shop, product_of_shop
from chalandise.counter.goods.shelf_words import (
    lacks_of,
    say_bad_field,
    say_bad_price,
    say_stock_refusal,
)
from chalandise.counter.goods.soldes_words import soldes_warning
from chalandise.counter.serving.taps import new_key
from chalandise.directory.models import Establishment
from chalandise.stock.actions import count_stock, keep_stock, stop_keeping_stock
from chalandise.stock.errors import BelowBookedError, StockBusyError
from chalandise.stock.models import StockLevel
from chalandise.web.request import MemberRequest

SHOWN_PRICES = 12


@shop_page
def offer(request: MemberRequest, shop: Establishment, pk: int, offer_pk: int) -> HttpResponse:
    """Show the terms of one form, and change one of them."""
    one = _offer(request, shop, pk, offer_pk)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    forms_of = _forms(request, one, do, shop)
    asked = forms_of.get(do)
    if asked is not None and asked.is_valid() and _WRITERS[do](request, shop, one, asked):
        messages.success(request, _("Noted: the product is up to date."))
        return redirect("counter:offer", shop.slug, pk, offer_pk)
    shown = _offer(request, shop, pk, offer_pk)
    at = timezone.now()
    return render(
        request,
        "counter/offer.html",
        {
            "shop": shop,
            "section": "shelf",
            "product": shown.variant.product,
            "soldes": soldes_warning(shown.variant.product, shop, at=at),
            "green": green_warning(shown.variant.product),
            "offer": shown,
            "terms": terms_of([shown.pk], at=at).get(shown.pk),
            "history": list(shown.price_changes.order_by("-changed_at", "-pk")[:SHOWN_PRICES]),
            "promotions": list(shown.promotions.filter(ends_at__gt=at).order_by("starts_at")),
            "level": StockLevel.objects.filter(offer=shown).first(),
            "form": asked or forms_of["price"],
            "new_key": new_key,
            **{f"{name}_form": form for name, form in forms_of.items()},
        },
        status=422 if asked is not None and asked.errors else 200,
    )


@shop_page
@require_POST
def promotion_over(
    request: MemberRequest, shop: Establishment, pk: int, offer_pk: int, promotion_pk: int
) -> HttpResponse:
    """End a promotion now, or have it never begin."""
    one = _offer(request, shop, pk, offer_pk)
    promotion = get_object_or_404(one.promotions.all(), pk=promotion_pk)
    call_off_promotion(promotion, by=actor_of(request), at=timezone.now())
    messages.success(request, _("The promotion is over: the ordinary price is asked again."))
    return redirect("counter:offer", shop.slug, pk, offer_pk)


@shop_page
def variant(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Give a product one more form: another size, another colour."""
    product = product_of_shop(request, shop, pk)
    is_book = is_priced_by_publisher(product)
    form = (BookVariantForm if is_book else VariantForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(request, product, form)
        except IntegrityError:
            form.add_error("name", _("There is one of this name already."))
        except BookPriceError as refused:
            form.add_error("price", say_book_price(refused))
        except BadFieldError as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, say_bad_field(refused.reason))
        except NotPublishableError as refused:
            form.add_error(
                None, _("Customers see this product, so it must keep what the law asks:")
            )
            for lack in lacks_of(refused.missing, product, shop):
                form.add_error(None, lack.text)
        else:
            messages.success(request, _("Added. Complete it here if need be."))
            return redirect("counter:offer", shop.slug, pk, made.pk)
    return render(
        request,
        "counter/variant.html",
        {"shop": shop, "section": "shelf", "product": product, "form": form},
        status=422 if form.errors else 200,
    )


def _add(request: MemberRequest, product: Product, form: forms.Form) -> Offer:
    said, by, at = form.cleaned_data, actor_of(request), timezone.now()
    new = NewProduct(
        name=product.name,
        price_cents=said["price"],
        variant_name=said["name"],
        publisher_price_cents=said.get("publisher_price"),
    )
    with transaction.atomic():
        made = add_variant(product, new, by=by, at=at, position=product.variants.count())
        facts = {name: said[name] for name in ("net_quantity", "net_unit")}
        edit_offer(made, {"variant_name": said["name"], **facts}, by=by, at=at)
    return made


def _offer(request: MemberRequest, shop: Establishment, pk: int, offer_pk: int) -> Offer:
    one = offer_of_shop(request, shop, offer_pk)
    if one.variant.product_id != pk:
        return offer_of_shop(request, shop, 0)
    return one


def _forms(
    request: MemberRequest, one: Offer, do: str, shop: Establishment
) -> dict[str, forms.Form]:
    def data(name: str) -> Any:
        return request.POST if do == name else None

    level = StockLevel.objects.filter(offer=one).first()
    today = timezone.now().astimezone(ZoneInfo(shop.timezone)).date()
    return {
        "price": _price_form(one, data("price")),
        "promotion": PromotionForm(
            data("promotion"), prefix="promotion", initial={"starts_on": today}
        ),
        "stock": StockForm(
            data("stock"),
            prefix="stock",
            initial={
                "keeps": one.keeps_stock,
                "on_hand": level.on_hand if level and one.keeps_stock else "",
            },
        ),
        "size": SizeForm(data("size"), offer=one),
    }


def _price_form(one: Offer, data: Any) -> PriceForm:
    initial: dict[str, object] = {"price": _typed(one.price_cents)}
    if not is_priced_by_publisher(one.variant.product):
        return PriceForm(data, prefix="price", initial=initial)
    initial["publisher_price"] = typed_publisher_price(one)
    initial["is_old_stock"] = one.is_old_stock
    return BookPriceForm(data, prefix="price", initial=initial)


def _write_price(
    request: MemberRequest, _shop: Establishment, one: Offer, form: forms.Form
) -> bool:
    said, by, at = form.cleaned_data, actor_of(request), timezone.now()
    try:
        if isinstance(form, BookPriceForm):
            price_book(
                one,
                price_cents=said["price"],
                publisher_price_cents=said["publisher_price"],
                is_old_stock=said["is_old_stock"],
                by=by,
                at=at,
            )
        else:
            change_price(one, price_cents=said["price"], by=by, at=at)
    except BadPriceError:
        form.add_error("price", say_bad_price())
    except BookPriceError as refused:
        form.add_error("price", say_book_price(refused))
    except BasketError:
        text = _("The makers of this gift basket are promised more than that.")
        form.add_error("price", text)
    return not form.errors


def _write_promotion(
    request: MemberRequest, shop: Establishment, one: Offer, form: forms.Form
) -> bool:
    said, clock = form.cleaned_data, ZoneInfo(shop.timezone)
    ends_on = said["ends_on"] + timedelta(days=1)
    try:
        start_promotion(
            one,
            price_cents=said["price"],
            starts_at=datetime.combine(said["starts_on"], time(), clock),
            ends_at=datetime.combine(ends_on, time(), clock),
            by=actor_of(request),
            at=timezone.now(),
        )
    except BadPriceError:
        form.add_error("price", _("A promotion is lower than the ordinary price."))
    except BookPriceError as refused:
        form.add_error("price", say_book_price(refused))
    except PromotionClashError:
        text = _("These days are over, or another promotion holds some of them.")
        form.add_error("ends_on", text)
    except BasketError:
        form.add_error(
            "price", _("A gift basket has no promotion: its makers are promised theirs.")
        )
    return not form.errors


def _write_stock(
    request: MemberRequest, _shop: Establishment, one: Offer, form: forms.Form
) -> bool:
    by, at = actor_of(request), timezone.now()
    try:
        if not form.cleaned_data["keeps"]:
            stop_keeping_stock(one, by=by, at=at)
        elif one.keeps_stock:
            count_stock(one, form.cleaned_data["count"], by=by, at=at)
        else:
            keep_stock(one, form.cleaned_data["count"], by=by, at=at)
    except (BelowBookedError, StockBusyError) as refused:
        form.add_error("on_hand", say_stock_refusal(refused))
    return not form.errors


def _write_size(request: MemberRequest, shop: Establishment, one: Offer, form: forms.Form) -> bool:
    changes = dict(form.cleaned_data)
    if changes["is_weight_priced"] == one.is_weight_priced:
        del changes["is_weight_priced"]
    changes["weight_grams"] = changes["weight_grams"].strip() or 0
    by, at = actor_of(request), timezone.now()
    try:
        with transaction.atomic():
            edit_offer(one, changes, by=by, at=at)
    except BadFieldError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, say_bad_field(refused.reason))
    except NotPublishableError as refused:
        form.add_error(None, _("Customers see this product, so it must keep what the law asks:"))
        for lack in lacks_of(refused.missing, one.variant.product, shop):
            form.add_error(None, lack.text)
    except IntegrityError:
        form.add_error("variant_name", _("There is one of this name already."))
    return not form.errors


_WRITERS = {
    "price": _write_price,
    "promotion": _write_promotion,
    "stock": _write_stock,
    "size": _write_size,
}


def _typed(cents: int) -> str:
    """Write a price as it is typed."""
    return f"{cents // 100},{cents % 100:02d}"
