"""« Mon étal »: what is on the shelf, how many are left, one sale in the shop in two taps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.catalogue.actions import publish_product, set_availability, withdraw_product
from chalandise.catalogue.errors import BadQuantityError, NotPublishableError
from chalandise.catalogue.models import Offer, Product, ProductPhoto
from chalandise.catalogue.quantities import read_quantity
from chalandise.catalogue.queries import get_product_for_member
from chalandise.catalogue.queries.baskets import count_asked
from chalandise.catalogue.queries.doors import get_offer_for_member
from chalandise.catalogue.queries.publishing import seller_missing
from chalandise.catalogue.states import ProductState
from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.goods.shelf_words import say_stock_refusal
from chalandise.counter.serving.taps import BadGestureError, Gesture, new_key, perform
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.kernel.text import fold
from chalandise.stock.actions import receive_stock, sell_in_shop, write_off
from chalandise.stock.actions.counting import MOST_ON_HAND
from chalandise.stock.errors import BelowBookedError, StockBusyError
from chalandise.stock.queries import left_of
from chalandise.web.request import MemberRequest

A_PAGE = 40
SOLD_AT_ONCE = (1, 2, 3)
STATES = ("published", "draft", "withdrawn")
STOCK_MOVES = {"received": receive_stock, "lost": write_off}


@dataclass(frozen=True)
class ShelfOffer:
    """One form of a product, with what is left of it; None where nobody counts."""

    offer: Offer
    name: str
    left: int | None


@dataclass(frozen=True)
class ShelfLine:
    """One product of the list."""

    product: Product
    photo: ProductPhoto | None
    offers: tuple[ShelfOffer, ...]

    @property
    def counted(self) -> list[ShelfOffer]:
        """The forms of which pieces are counted."""
        return [one for one in self.offers if one.left is not None]

    @property
    def to_sell(self) -> list[ShelfOffer]:
        """The counted forms of which some are left to sell in the shop."""
        return [one for one in self.counted if one.left]

    @property
    def is_out(self) -> bool:
        """Tell whether nothing of it can be had."""
        return bool(self.offers) and all(
            one.left == 0 or not one.offer.is_available for one in self.offers
        )

    @property
    def price_cents(self) -> int:
        """The lowest price asked."""
        return min((one.offer.price_cents for one in self.offers), default=0)

    @property
    def has_several_prices(self) -> bool:
        """Tell whether the forms differ in price."""
        return len({one.offer.price_cents for one in self.offers}) > 1


@shop_page
def shelf(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """List the products of a shop, a page at a time."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else ""
    counted = Product.objects.at(shop).values("state").annotate(count=Count("pk"))
    numbers = {row["state"]: row["count"] for row in counted.order_by()}
    found = Product.objects.at(shop).order_by("sort_key", "pk")
    if chosen:
        found = found.filter(state=chosen)
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(sort_key__icontains=fold(asked)))
    page = Paginator(found.prefetch_related("variants__offer", "photos"), A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "counter/shelf.html",
        {
            "shop": shop,
            "section": "shelf",
            "lines": lines_of(list(page.object_list), at=timezone.now()),
            "page": page,
            "asked": asked,
            "chosen": chosen,
            "total": sum(numbers.values()),
            "tabs": [(state, numbers.get(state, 0)) for state in STATES],
            "asked_count": count_asked(shop),
            "sells": not seller_missing(shop.organisation),
            "new_key": new_key,
            "sold_at_once": SOLD_AT_ONCE,
        },
    )


def lines_of(products: Sequence[Product], *, at: datetime) -> list[ShelfLine]:
    """Return the lines of products whose variants and photographs are at hand; two statements."""
    offers = {
        product.pk: [(one.offer, one.name) for one in product.variants.all()]
        for product in products
    }
    left = left_of((offer.pk for pairs in offers.values() for offer, _name in pairs), at=at)
    return [
        ShelfLine(
            product,
            next(iter(product.photos.all()), None),
            tuple(
                ShelfOffer(offer, name, left.get(offer.pk)) for offer, name in offers[product.pk]
            ),
        )
        for product in products
    ]


@shop_page
@require_POST
def sold(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Take from the count what was just sold over the counter."""
    offer = offer_of_shop(request, shop, pk)
    typed = request.POST.get("quantity", "1")
    quantity = int(typed) if typed in {str(one) for one in SOLD_AT_ONCE} else 1
    url = _back_to_shelf(request, shop)

    def act() -> None:
        try:
            sell_in_shop(offer, quantity, by=actor_of(request), at=timezone.now())
        except (BelowBookedError, StockBusyError) as refused:
            raise BadGestureError(say_stock_refusal(refused)) from None

    said = ngettext(
        "%(count)d sold in the shop: %(name)s. The count follows.",
        "%(count)d sold in the shop: %(name)s. The count follows.",
        quantity,
    ) % {"count": quantity, "name": offer.variant}
    gesture = Gesture("sold_in_shop", act, said, url)
    return perform(request, shop, gesture, subject=str(offer.pk), refused_url=url)


@shop_page
@require_POST
def stock_moved(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Add what came in, or take off what is broken, lost or out of date.

    A count typed anew would forget what customers buy meanwhile; this adds to what is there.
    """
    offer = offer_of_shop(request, shop, pk)
    url = reverse("counter:offer", args=[shop.slug, offer.variant.product_id, offer.pk])
    move = STOCK_MOVES.get(request.POST.get("do", ""))

    def act() -> None:
        if move is None or not offer.keeps_stock:
            raise BadGestureError(_("The pieces of this are not counted. Nothing was changed."))
        try:
            quantity = read_quantity(request.POST.get("quantity", ""), least=1, most=MOST_ON_HAND)
            move(offer, quantity, by=actor_of(request), at=timezone.now())
        except (BadQuantityError, BelowBookedError, StockBusyError) as refused:
            raise BadGestureError(say_stock_refusal(refused)) from None

    def said() -> str:
        left = left_of([offer.pk], at=timezone.now()).get(offer.pk) or 0
        return ngettext(
            "Noted: %(count)d of %(name)s can be sold now.",
            "Noted: %(count)d of %(name)s can be sold now.",
            left,
        ) % {"count": left, "name": offer.variant}

    gesture = Gesture("stock_moved", act, said, url)
    return perform(request, shop, gesture, subject=str(offer.pk), refused_url=url)


@shop_page
@require_POST
def show_or_hide(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Put a product on the shelf, take it off, or say that there is none today."""
    product = product_of_shop(request, shop, pk)
    by, at = actor_of(request), timezone.now()
    page = redirect("counter:product", shop.slug, product.pk)
    try:
        match request.POST.get("do"):
            case "publish":
                publish_product(product, by=by, at=at)
                messages.success(request, _("%(name)s is on the shelf!") % {"name": product.name})
            case "withdraw":
                withdraw_product(product, by=by, at=at)
                text = _("%(name)s is off the shelf. Nothing of it is lost.")
                messages.success(request, text % {"name": product.name})
            case "none_today" | "again" as said:
                for variant in product.variants.select_related("offer"):
                    offer = variant.offer
                    set_availability(offer, is_available=said == "again", by=by, at=at)
                text = (
                    _("%(name)s can be ordered again.")
                    if said == "again"
                    else _("Noted: no %(name)s for now. Nobody can order it.")
                )
                messages.success(request, text % {"name": product.name})
            case _other:
                pass
    except NotPublishableError:
        text = _("Not yet on the shelf: what is missing is listed here. The rest is kept.")
        messages.warning(request, text)
    except StaleStateError:
        messages.info(request, _("This was done already; it was not done twice."))
    return page


def product_of_shop(request: MemberRequest, shop: Establishment, pk: int) -> Product:
    """Return a product of this very shop, or 404."""

    def door() -> Product:
        product = get_product_for_member(member_of(request), pk)
        if product.establishment_id != shop.pk:
            raise NotFoundError
        return product

    found: Product = found_or_404(door)
    return found


def offer_of_shop(request: MemberRequest, shop: Establishment, pk: int) -> Offer:
    """Return an offer of this very shop, or 404."""

    def door() -> Offer:
        offer = get_offer_for_member(member_of(request), pk)
        if offer.variant.product.establishment_id != shop.pk:
            raise NotFoundError
        return offer

    found: Offer = found_or_404(door)
    return found


def _back_to_shelf(request: MemberRequest, shop: Establishment) -> str:
    """Return to the list as it was asked for."""
    kept = {
        name: request.POST[name]
        for name in ("q", "state", "page")
        if request.POST.get(name, "").strip()
    }
    url = reverse("counter:shelf", args=[shop.slug])
    return f"{url}?{urlencode(kept)}" if kept else url


def is_published(product: Product) -> bool:
    """Tell whether customers see a product."""
    return product.state == ProductState.PUBLISHED
