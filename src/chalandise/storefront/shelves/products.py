"""The page of a product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from chalandise.catalogue.books import PUBLISHED
from chalandise.catalogue.durability_words import say_guarantee, say_index, say_lines
from chalandise.catalogue.fish import say_fish
from chalandise.catalogue.models import Offer, SellerProfile
from chalandise.catalogue.queries.epr import identifiers_of
from chalandise.catalogue.queries.product_pages import ProductPage, get_product_on
from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.catalogue.terms import OfferTerms
from chalandise.directory.queries import get_establishment_on
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal
from chalandise.stock.queries import left_of
from chalandise.storefront.addresses import path_of, root_base, social_image
from chalandise.storefront.buying.recap_page import draw_seller
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.storefront.finding.structured import breadcrumbs, first_words
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.shelves.product_structured import product_data
from chalandise.storefront.shelves.product_tiles import (
    find_offers_and_tiles,
    find_tiles,
    unit_price_of,
)
from chalandise.storefront.shelves.season_words import say_season
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web.cards import PictureView, ProductTile, ShopCard
from chalandise.web.doors import found_or_404
from chalandise.web.drawing import (
    draw_lead_picture,
    draw_part,
    draw_picture,
    draw_rich_text,
    draw_status,
    draw_tile,
)
from chalandise.web.epr_words import say_stream
from chalandise.web.formatting import money
from chalandise.web.json_ld import write_json_ld
from chalandise.web.memory import while_unchanged
from chalandise.web.page_cache import shared_page
from chalandise.web.pages import render_page
from chalandise.web.pictures import illustration, product_photograph
from chalandise.web.request import PortalRequest

FEW = 3
LONGEST_CRUMB = 48


@dataclass(frozen=True)
class PartView:
    """What a gift basket holds of one thing, as its card shows it."""

    quantity: int
    name: str
    tile: ProductTile


@dataclass(frozen=True)
class Choice:
    """One variant that can be chosen.

    Attributes:
        left: how many are left, None where stock is not kept.
        is_possible: whether it can be put in the cart now.
    """

    terms: OfferTerms
    unit_price: str
    left: int | None

    @property
    def is_possible(self) -> bool:
        """Whether one can be ordered now."""
        return self.terms.is_orderable and (self.left is None or self.left > 0)

    @property
    def is_short(self) -> bool:
        """Whether so few are left that it is worth saying; from the real stock only (L121-4)."""
        return self.left is not None and 0 < self.left <= FEW


@shared_page
def product(request: PortalRequest, slug: str) -> HttpResponse:
    """Show what it is, what it costs, who sells it, and put it in the cart."""
    at = timezone.now().replace(second=0, microsecond=0)
    shown = found_or_404(_product, request.portal, slug)
    shop = found_or_404(_shop, shown.shop_id, at)
    offers, more = find_offers_and_tiles(shown.pk, shown.beside, at=at)
    choices = choices_of(shown, offers, at)
    possible = [one for one in choices if one.is_possible]
    first = (possible or choices)[0].terms
    canonical = f"{root_base(request)}/produits/{shown.slug}/"
    pictures = pictures_of(shown)
    crumbs = _crumbs(request, shown)
    degree, lasting = shown.alcohol_degree, dict(shown.durability)
    return render_page(
        request,
        "storefront/products/detail.html",
        same={
            "section": "products",
            "is_possible": bool(possible),
            "is_orderable": first.is_orderable,
            "is_made_here": shown.is_made_here,
            "is_weight_priced": first.is_weight_priced,
            "is_goods": first.goods_kind == "goods",
            "is_alcohol": first.is_alcohol,
            "minimum_age": first.minimum_age,
            "lead_days": first.lead_days,
            "labels": tuple(str(ProductLabel(one).label) for one in shown.labels),
            "takes_back": shown.takes_back,
            "is_published": shown.category_key in PUBLISHED,
            "says_allergens": first.allergens is not None,
        },
        own={
            "canonical": canonical,
            "social_image": social_image(request, pictures),
            "first_words": first_words(shown.description) if shown.description else "",
            "crumbs": crumbs,
            "structured": _structured(request, shown, choices, canonical, crumbs),
            "name": shown.name,
            "shop": shop.name,
            "shop_slug": shown.shop_slug,
            "place": shop.place,
            "picture": draw_lead_picture(pictures[0], "(max-width: 56rem) 100vw, 600px"),
            "more_pictures": _draw_pictures(tuple(pictures)),
            "price": money(first.price_cents),
            "crossed_out": _money(first.reference_price_cents),
            "price_note": unit_price_of(first),
            "grams": str(first.estimate_grams),
            "percent": str(first.tolerance_percent),
            "choices": _draw_choices(tuple(choices), first, shown.name),
            "offer_id": str(first.offer_id),
            "few_left": _draw_left(choices),
            "exception": say_exception(first.withdrawal_exception),
            "shop_picture": draw_picture(shop.picture, is_eager=False, is_square=True),
            "status": draw_status(shop.status) if shop.status else "",
            "parts": _draw_parts(tuple(parts_in(first, at))),
            "description": draw_rich_text(shown.description) if shown.description else "",
            "allergens": ", ".join(str(Allergen(one).label) for one in first.allergens or ()),
            "origin": shown.origin,
            "season": say_season(shown.season_months),
            "alcohol_degree": str(localize(degree)) if degree else "",
            "food_sheet": sheet_lines(shown.food_sheet),
            "safety": sheet_lines(shown.safety, is_published=shown.category_key in PUBLISHED),
            "guarantee": say_guarantee(lasting),
            "index": say_index(lasting),
            "durability": say_lines(lasting),
            "take_back": lasting.get("take_back", ""),
            "more": [draw_tile(one, heading=3) for one in more],
            "report_url": f"{reverse('storefront:report', args=[shown.shop_slug])}?produit={shown.slug}",
        },
    )


def _money(cents: int | None) -> str:
    return money(cents) if cents else ""


def _draw_pictures(pictures: tuple[PictureView, ...]) -> str:
    if len(pictures) < 2:
        return ""
    return draw_part("storefront/products/_pictures.html", pictures=pictures)


def _draw_choices(choices: tuple[Choice, ...], chosen: OfferTerms, name: str) -> str:
    if len(choices) < 2:
        return ""
    return draw_part(
        "storefront/products/_choices.html", choices=choices, chosen_id=chosen.offer_id, name=name
    )


def _draw_left(choices: list[Choice]) -> str:
    few = next((one.left for one in choices if one.is_short), None)
    return draw_part("storefront/products/_left.html", left=few) if few else ""


def _draw_parts(parts: tuple[PartView, ...]) -> str:
    return draw_part("storefront/products/_parts.html", parts=parts) if parts else ""


def _structured(
    request: PortalRequest,
    shown: ProductPage,
    choices: list[Choice],
    canonical: str,
    crumbs: list[tuple[str, str]],
) -> str:
    base = root_base(request)
    return write_json_ld(
        product_data(shown, choices, url=canonical, base=base),
        breadcrumbs([(label, f"{base}{url}" if url else "") for label, url in crumbs]),
    )


@while_unchanged(512)
def _product(portal: Portal, slug: str) -> ProductPage:
    """Return what the page shows, read again when something changed."""
    return get_product_on(portal, slug)


def _shop(pk: int, at: dt.datetime) -> ShopCard:
    for shop in find_cards([pk], at=at):
        return shop
    raise NotFoundError


def choices_of(shown: ProductPage, offers: Iterable[OfferTerms], at: dt.datetime) -> list[Choice]:
    """Return the variants in their order, with terms and what is left."""
    terms = {one.offer_id: one for one in offers}
    counted = [pk for pk, one in terms.items() if one.keeps_stock]
    left = left_of(counted, at=at) if counted else {}
    return [
        Choice(terms[pk], unit_price_of(terms[pk]), left.get(pk))
        for pk in shown.offer_ids
        if pk in terms
    ]


def parts_in(terms: OfferTerms, at: dt.datetime) -> list[PartView]:
    """Return what a gift basket is made of, who sells it and its picture; no statement if none."""
    if not terms.parts:
        return []
    wanted = [part.offer_id for part in terms.parts]
    rows = Offer.objects.filter(pk__in=wanted).values_list("pk", "variant__product")
    products = dict(rows)
    ids = list(dict.fromkeys(products[pk] for pk in wanted))
    tiles = dict(zip(ids, find_tiles(ids, at=at), strict=True))
    return [
        PartView(part.quantity, part.name, tiles[products[part.offer_id]]) for part in terms.parts
    ]


def pictures_of(shown: ProductPage) -> list[PictureView]:
    """Return the photographs, or the illustration of the category."""
    photos = [product_photograph(one, shown.name) for one in shown.photos]
    return photos or [illustration(shown.category_icon)]


def sheet_lines(sheet: dict[str, str], *, is_published: bool = False) -> list[tuple[str, str]]:
    """Return what is said of a food or of its safety, labelled, in the order of the law's list."""
    maker = {
        "manufacturer_name": _("Publisher"),
        "manufacturer_address": _("Publisher’s address"),
        "manufacturer_email": _("Publisher’s e-mail or website"),
    }
    names = {
        "commercial_name": _("Commercial name"),
        "scientific_name": _("Latin name"),
        "production": _("Caught or farmed"),
        "gear": _("Caught with"),
        "ingredients": _("Ingredients"),
        "storage": _("How to keep it"),
        "use": _("How to use it"),
        "nutrition": _("Nutrition"),
        "operator_name": _("Food business operator"),
        "operator_address": _("Operator’s address"),
        "manufacturer_name": _("Manufacturer"),
        "manufacturer_address": _("Manufacturer’s address"),
        "manufacturer_email": _("Manufacturer’s e-mail"),
        "responsible_name": _("Responsible in the European Union"),
        "responsible_address": _("Their address"),
        "responsible_email": _("Its e-mail or website"),
        "identifier": _("Model or batch"),
        "warnings": _("Warnings"),
        **(maker if is_published else {}),
    }
    return [(name, say_fish(key, sheet[key])) for key, name in names.items() if sheet.get(key)]


def _crumbs(request: PortalRequest, shown: ProductPage) -> list[tuple[str, str]]:
    return crumbs_to(
        request,
        (_("Products"), path_of("storefront:products")),
        (shown.shop_name, f"{path_of('storefront:directory')}{shown.shop_slug}/"),
        (Truncator(shown.name).chars(LONGEST_CRUMB), ""),
    )


@shared_page
def shop_terms(request: PortalRequest, slug: str) -> HttpResponse:
    """Show who sells and on which terms (L111-1, L221-5), before anything is ordered."""
    shop = found_or_404(get_establishment_on, request.portal, slug)
    seller = SellerProfile.objects.filter(organisation=shop.organisation_id).first()
    if seller is None:
        raise Http404
    crumbs = crumbs_to(
        request,
        (_("Shops"), reverse("storefront:directory")),
        (shop.name, reverse("storefront:shop", args=[shop.slug])),
        (_("Terms of sale"), ""),
    )
    said = draw_seller(vars(seller))
    context = {
        "section": "shops",
        "shop": shop,
        "seller": seller,
        "said": said,
        "identifiers": [
            (say_stream(stream), ", ".join(ids))
            for stream, ids in identifiers_of(seller.organisation_id)
        ],
        "crumbs": crumbs,
    }
    return render(request, "storefront/shops/terms.html", context)
