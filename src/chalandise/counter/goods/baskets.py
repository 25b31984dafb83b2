"""Gift baskets: compose one with neighbours, answer when a neighbour asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.catalogue.actions import (
    add_photo,
    agree_to_basket,
    compose_basket,
    decline_basket,
    publish_product,
)
from chalandise.catalogue.actions.baskets import MOST_PARTS
from chalandise.catalogue.errors import (
    BadFieldError,
    BadPriceError,
    BadQuantityError,
    BasketError,
)
from chalandise.catalogue.models import BasketInvitation, Offer, Product
from chalandise.catalogue.prices import read_price
from chalandise.catalogue.queries.baskets import (
    BasketDraft,
    MerchantShare,
    PartShare,
    draft_basket,
    get_invitation_for_member,
    invitations_to,
    keep_within_reach,
    mark_of,
    merchants_of,
    offers_for_basket,
    parts_of_basket,
)
from chalandise.catalogue.queries.publishing import missing_to_publish, seller_missing
from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.goods.putting import PutForm
from chalandise.counter.goods.shelf_words import say_bad_field, say_bad_price, say_basket_refusal
from chalandise.counter.photo_pages import say_picture_refusal
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.kernel.errors import RateLimitedError, StaleStateError
from chalandise.stock.queries import left_of
from chalandise.web.request import MemberRequest

PREFIX = "q-"
MOST_OF_ONE = 99


class BasketForm(PutForm):
    """Name, price and photograph of a basket."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].label = gettext_lazy("What is the basket called?")
        self.fields["price"].label = gettext_lazy("Price of the whole, all taxes included (€)")
        self.fields["photo"].label = gettext_lazy("Its photograph")
        self.order_fields(["name", "price", "photo"])


@dataclass(frozen=True)
class PartLine:
    """A part as the composer sees it: what it is, how many are left once a basket is made up."""

    part: PartShare
    left: int | None

    @property
    def field(self) -> str:
        """The name of the field that says how many."""
        return f"{PREFIX}{self.part.offer.pk}"

    @property
    def baskets(self) -> int | None:
        """How many baskets this part allows; None where nobody counts."""
        return None if self.left is None else self.left // self.part.quantity


@dataclass(frozen=True)
class Asked:
    """An invitation as its merchant reads it: who asks, what of theirs, how much for it."""

    invitation: BasketInvitation
    parts: tuple[PartShare, ...]
    merchants: list[MerchantShare]
    own_cents: int
    price_cents: int
    mark: str


@shop_page
def basket(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Compose a basket of offers of one's own and of neighbours'; every press shows the shares."""
    parts = _chosen(request.POST)
    do = request.POST.get("do", "")
    if added := request.POST.get("add", ""):
        parts = _with_one(parts, added)
    if _is_key(removed := request.POST.get("remove", "")):
        parts = {pk: count for pk, count in parts.items() if pk != int(removed)}
    chosen, parts = parts, keep_within_reach(request.portal, shop, parts)
    is_composed = request.method == "POST" and do == "compose"
    form = _form(request, is_composed=is_composed)
    if is_composed and len(parts) < len(chosen):
        form.add_error(None, say_basket_refusal("not_on_shelf" if parts else "unknown_offer"))
    if is_composed and form.is_valid():
        made = _compose(request, shop, form, parts)
        if not form.errors:
            return _go_on(request, shop, made)
    draft = draft_basket(shop, parts, price_cents=_price(request))
    words = request.POST.get("q", "").replace("\x00", "").strip()[:80]
    found = [
        one for one in offers_for_basket(request.portal, shop, words=words) if one.pk not in parts
    ]
    return render(
        request,
        "counter/basket.html",
        {
            "shop": shop,
            "section": "shelf",
            "form": form,
            "draft": draft,
            "lines": _lines(draft),
            "baskets": _baskets(_lines(draft)),
            "is_priced": _price(request) is not None,
            "price_cents": _price(request),
            "found": found,
            "q": words,
            "is_full": len(parts) >= MOST_PARTS,
            "sells": not seller_missing(shop.organisation),
            "key": str(_key_of(request)),
        },
        status=422 if form.errors else 200,
    )


@shop_page
def invitations(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """List the baskets of neighbours this shop was asked to be in."""
    asked = [_asked(one, shop) for one in invitations_to(shop)]
    context = {"shop": shop, "section": "shelf", "asked": asked}
    return render(request, "counter/baskets.html", context)


@shop_page
@require_POST
def invitation_do(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Say yes or no to a neighbour's basket."""
    invitation = found_or_404(get_invitation_for_member, member_of(request), pk)
    by, at = actor_of(request), timezone.now()
    names = {"name": invitation.product.name, "shop": invitation.product.establishment.name}
    try:
        match request.POST.get("do"):
            case "agree":
                agree_to_basket(invitation, by=by, at=at, seen=request.POST.get("seen"))
                text = _("Agreed: %(shop)s can sell “%(name)s” with what comes from you.")
                messages.success(request, text % names)
            case "decline":
                decline_basket(invitation, by=by, at=at)
                text = _("Noted: “%(name)s” is not sold with what comes from you.")
                messages.success(request, text % names)
            case _other:
                pass
    except StaleStateError:
        messages.info(request, _("This was done already; it was not done twice."))
    except BasketError as refused:
        messages.error(request, say_basket_refusal(refused.reason))
    return redirect("counter:baskets", shop.slug)


def _chosen(data: MultiValueDict[str, str]) -> dict[int, int]:
    """Read how many of each offer, as far as it can be read; nothing for none."""
    parts: dict[int, int] = {}
    for name in data:
        offer, typed = name.removeprefix(PREFIX), str(data.get(name, "")).strip()
        if name.startswith(PREFIX) and _is_key(offer) and typed.isascii() and typed.isdecimal():
            count = min(int(typed[:4]), MOST_OF_ONE)
            if count and len(parts) < MOST_PARTS:
                parts[int(offer)] = count
    return parts


def _with_one(parts: dict[int, int], added: str) -> dict[int, int]:
    if not _is_key(added) or len(parts) >= MOST_PARTS:
        return parts
    offer = int(added)
    return {**parts, offer: min(parts.get(offer, 0) + 1, MOST_OF_ONE)}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15


def _form(request: MemberRequest, *, is_composed: bool) -> BasketForm:
    if is_composed:
        return BasketForm(request.POST, request.FILES)
    typed = {name: request.POST.get(name, "") for name in ("name", "price")}
    return BasketForm(initial=typed)


def _price(request: MemberRequest) -> int | None:
    try:
        return read_price(request.POST.get("price", ""))
    except BadPriceError:
        return None


def _lines(draft: BasketDraft) -> list[PartLine]:
    left = left_of((part.offer.pk for part in draft.parts), at=timezone.now())
    return [PartLine(part, left.get(part.offer.pk)) for part in draft.parts]


def _baskets(lines: list[PartLine]) -> int | None:
    """How many baskets the stock allows; None where nothing is counted."""
    return min((one.baskets for one in lines if one.baskets is not None), default=None)


def _compose(
    request: MemberRequest,
    shop: Establishment,
    form: BasketForm,
    parts: dict[int, int],
) -> Product | None:
    """Make the basket and its photograph; None where this press made it already, or refused."""
    by, at = actor_of(request), timezone.now()
    photo = form.cleaned_data["photo"]
    made: list[Product] = []

    def act() -> None:
        product = compose_basket(
            shop,
            name=form.cleaned_data["name"],
            price_cents=form.cleaned_data["price"],
            parts=parts,
            by=by,
            at=at,
        )
        if photo:
            add_photo(product, photo.read(), alt=product.name, by=by, at=at)
        if not missing_to_publish(product):
            publish_product(product, by=by, at=at)
        made.append(product)

    tap = Tap(key=_key_of(request), establishment=shop, what="compose_basket", subject="")
    try:
        act_once(tap, act, at=at)
    except BasketError as refused:
        field = "price" if refused.reason in {"price_too_low", "book_price"} else None
        form.add_error(field, say_basket_refusal(refused.reason))
    except PictureRefusedError as refused:
        form.add_error("photo", say_picture_refusal(refused.reason))
    except BadFieldError as refused:
        form.add_error("name", say_bad_field(refused.reason))
    except BadPriceError:
        form.add_error("price", say_bad_price())
    except (BadQuantityError, RateLimitedError) as refused:
        is_often = isinstance(refused, RateLimitedError)
        form.add_error(None, say_basket_refusal("asked_often" if is_often else ""))
    return made[0] if made else None


def _go_on(request: MemberRequest, shop: Establishment, made: Product | None) -> HttpResponse:
    if made is None:
        messages.info(request, _("This was done already; it was not done twice."))
        return redirect("counter:shelf", shop.slug)
    if made.invitations.exists():
        text = _("%(name)s is composed. The other merchants are asked; once they agree, show it.")
    else:
        text = _("%(name)s is composed.")
    messages.success(request, text % {"name": made.name})
    return redirect("counter:product", shop.slug, made.pk)


def _key_of(request: MemberRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _asked(invitation: BasketInvitation, shop: Establishment) -> Asked:
    parts = parts_of_basket(invitation.product_id, shop)
    offer = Offer.objects.get(variant__product=invitation.product_id)
    return Asked(
        invitation=invitation,
        parts=parts,
        merchants=merchants_of(parts),
        own_cents=sum(part.share_cents or 0 for part in parts if part.is_own),
        price_cents=offer.price_cents,
        mark=mark_of(invitation.product),
    )
