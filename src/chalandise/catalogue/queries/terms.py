"""The terms of offers, in at most four statements however many are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from chalandise.catalogue.alcohol import is_alcohol
from chalandise.catalogue.books import is_new_book, is_reduced
from chalandise.catalogue.durability import as_pairs
from chalandise.catalogue.models import (
    BasketInvitation,
    BasketPart,
    MandateAcceptance,
    Offer,
    PriceChange,
    Product,
    Promotion,
    SellerProfile,
)
from chalandise.catalogue.pricing import PriceStep, Reduction, charged_at, reference_price
from chalandise.catalogue.queries.offer_rows import OfferRow, offer_rows
from chalandise.catalogue.sellers import MANDATE_VERSION, missing_of_seller
from chalandise.catalogue.states import (
    InvitationState,
    ProductKind,
    ProductState,
    VatRegime,
)
from chalandise.catalogue.terms import OfferTerms, PartTerms
from chalandise.catalogue.units import price_of_weight, unit_price
from chalandise.catalogue.vat import rate_bp
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState

_SERIES_REMEMBERED = timedelta(days=400)
_SHOP = "variant__product__establishment"
_LONG_TEXTS = (
    "variant__product__description",
    f"{_SHOP}__description",
    f"{_SHOP}__organisation__seller_profile__terms_html",
)


def terms_of(offer_ids: Iterable[int], *, at: datetime) -> dict[int, OfferTerms]:
    """Return the terms of offers at ``at``, by offer; unknown offers are left out.

    One statement for the offers; one more where a basket is asked for, two where a promotion runs.
    """
    return terms_of_rows(offer_rows(offer_ids, at=at), at=at)


def terms_of_rows(found: Iterable[OfferRow], *, at: datetime) -> dict[int, OfferTerms]:
    """Return the terms of offers read already, by offer and in their order."""
    rows = {row.offer.pk: row for row in found}
    baskets = [
        pk for pk, row in rows.items() if row.offer.variant.product.kind == ProductKind.BASKET
    ]
    parts = _parts_of(baskets, at=at) if baskets else {}
    promoted = [pk for pk, row in rows.items() if row.has_promotion]
    prices = _prices_of(promoted, at=at) if promoted else {}
    return {pk: _terms(row, parts.get(pk, []), prices.get(pk), at) for pk, row in rows.items()}


def _has_mandate(organisation: str) -> Exists:
    return Exists(
        MandateAcceptance.objects.filter(
            organisation=OuterRef(organisation), text_version=MANDATE_VERSION
        )
    )


def _has_agreed(shop: str) -> Exists:
    """Tell whether whoever a part belongs to today said yes to its basket."""
    return Exists(
        BasketInvitation.objects.filter(
            product=OuterRef("basket__variant__product"),
            organisation=OuterRef(f"{shop}__organisation"),
            state=InvitationState.AGREED,
        )
    )


def _parts_of(baskets: list[int], *, at: datetime) -> dict[int, list[BasketPart]]:
    shop = f"offer__{_SHOP}"
    rows = (
        BasketPart.objects.filter(basket__in=baskets)
        .select_related(
            "offer__variant__product__category",
            f"{shop}__commune",
            f"{shop}__organisation__seller_profile",
        )
        .annotate(has_mandate=_has_mandate(f"{shop}__organisation"), has_agreed=_has_agreed(shop))
        .defer(*(f"offer__{text}" for text in _LONG_TEXTS))
        .order_by("basket_id", "position", "pk")
    )
    found: dict[int, list[BasketPart]] = {}
    for row in rows:
        found.setdefault(row.basket_id, []).append(row)
    return found


def _prices_of(
    offer_ids: list[int], *, at: datetime
) -> dict[int, tuple[list[PriceStep], list[Reduction]]]:
    steps: dict[int, list[PriceStep]] = {pk: [] for pk in offer_ids}
    reductions: dict[int, list[Reduction]] = {pk: [] for pk in offer_ids}
    for change in PriceChange.objects.filter(offer__in=offer_ids, changed_at__lte=at).order_by(
        "changed_at", "pk"
    ):
        steps[change.offer_id].append(PriceStep(change.changed_at, change.price_cents))
    for promotion in Promotion.objects.filter(
        offer__in=offer_ids, starts_at__lte=at, ends_at__gt=at - _SERIES_REMEMBERED
    ).order_by("starts_at"):
        reductions[promotion.offer_id].append(
            Reduction(promotion.price_cents, promotion.starts_at, promotion.ends_at)
        )
    return {pk: (steps[pk], reductions[pk]) for pk in offer_ids}


def _terms(
    row: OfferRow,
    parts: list[BasketPart],
    prices: tuple[list[PriceStep], list[Reduction]] | None,
    at: datetime,
) -> OfferTerms:
    offer = row.offer
    variant, product = offer.variant, offer.variant.product
    category, shop = product.category, product.establishment
    charged, crossed_out, until = _price(offer, product, prices, at)
    per_unit = None
    if offer.is_weight_priced:
        per_unit = (charged, "kg")
        crossed_out = _of_weight(offer, crossed_out)
        charged = price_of_weight(charged, offer.estimate_grams or 0)
    elif (found := unit_price(charged, variant.net_quantity, variant.net_unit)) is not None:
        per_unit = (found.cents, found.unit)
    inside = [product, *(part.offer.variant.product for part in parts)]
    return OfferTerms(
        offer_id=offer.pk,
        variant_id=variant.pk,
        product_id=product.pk,
        product_slug=product.slug,
        product_name=product.name,
        variant_name=variant.name,
        establishment_id=shop.pk,
        organisation_id=shop.organisation_id,
        price_cents=charged,
        reference_price_cents=crossed_out,
        vat_code=offer.vat_code,
        vat_rate_bp=_rate(offer.vat_code, shop, at),
        unit_price_cents=per_unit[0] if per_unit else None,
        unit_price_unit=per_unit[1] if per_unit else "",
        keeps_stock=offer.keeps_stock or any(part.offer.keeps_stock for part in parts),
        lead_minutes=max(
            offer.made_to_order_minutes, *(part.offer.made_to_order_minutes for part in parts), 0
        ),
        weight_grams=_weight(offer, parts),
        is_weight_priced=offer.is_weight_priced,
        estimate_grams=offer.estimate_grams,
        tolerance_percent=offer.tolerance_percent,
        withdrawal_exception=product.withdrawal_exception,
        is_alcohol=any(is_alcohol(one) for one in inside),
        minimum_age=max(max(one.minimum_age, one.category.minimum_age) for one in inside),
        allergens=_allergens(inside, is_basket=bool(parts)),
        is_perishable=any(one.is_perishable for one in inside),
        goods_kind=category.goods_kind,
        photo_name=row.photo.get("name", ""),
        photo_alt=row.photo.get("alt", ""),
        is_orderable=_is_orderable(offer, has_mandate=row.has_mandate)
        and (product.kind == ProductKind.SIMPLE or bool(parts))
        and all(_is_part_orderable(part, shop) for part in parts),
        parts=tuple(_part(part, at) for part in parts),
        category_key=category.pk,
        is_made_here=product.is_made_here,
        is_new_book=is_new_book(category.pk, product.labels),
        is_reduced_book=is_reduced(
            charged, offer.publisher_price_cents, is_old_stock=offer.is_old_stock
        ),
        promotion_ends_at=until,
        durability=as_pairs(product.durability, category_key=category.pk),
        territory_keys=tuple(shop.commune.ancestor_keys),
    )


def _price(
    offer: Offer,
    product: Product,
    prices: tuple[list[PriceStep], list[Reduction]] | None,
    at: datetime,
) -> tuple[int, int | None, str]:
    if prices is None:
        return offer.price_cents, None, ""
    steps, reductions = prices
    charged = charged_at(steps, reductions, at) or offer.price_cents
    crossed_out = None if product.is_perishable else reference_price(steps, reductions, at)
    until = next((one.ends_at.isoformat() for one in reductions if one.holds(at)), "")
    return charged, crossed_out, until


def _of_weight(offer: Offer, per_kilogram: int | None) -> int | None:
    if per_kilogram is None:
        return None
    return price_of_weight(per_kilogram, offer.estimate_grams or 0)


def _rate(code: str, shop: Establishment, at: datetime) -> int:
    profile = _profile(shop)
    if profile is not None and profile.vat_regime == VatRegime.FRANCHISE:
        return 0
    on = at.astimezone(ZoneInfo(shop.timezone)).date()
    return rate_bp(code, territory_departement=shop.commune.departement_code, on=on)


def _profile(shop: Establishment) -> SellerProfile | None:
    organisation = shop.organisation
    return getattr(organisation, "seller_profile", None) if organisation else None


def _weight(offer: Offer, parts: list[BasketPart]) -> int:
    if offer.is_weight_priced:
        return offer.estimate_grams or 0
    return offer.variant.weight_grams or sum(
        part.quantity * part.offer.variant.weight_grams for part in parts
    )


def _allergens(products: list[Product], *, is_basket: bool) -> tuple[str, ...] | None:
    """Return what a product contains; of a basket, what any part contains, unsaid if one is."""
    said = [one.allergens for one in (products[1:] if is_basket else products)]
    if any(one is None for one in said):
        return None
    return tuple(sorted({name for one in said for name in one or []}))


def _is_orderable(offer: Offer, *, has_mandate: bool) -> bool:
    product = offer.variant.product
    shop = product.establishment
    profile = _profile(shop)
    return (
        offer.is_available
        and product.state == ProductState.PUBLISHED
        and shop.status == ListingState.PUBLISHED
        and profile is not None
        and profile.is_selling
        and profile.held_at is None
        and not missing_of_seller(profile, has_mandate=has_mandate)
    )


def _is_part_orderable(part: BasketPart, composer: Establishment) -> bool:
    owner = part.offer.variant.product.establishment.organisation_id
    is_agreed = owner == composer.organisation_id or part.has_agreed  # type: ignore[attr-defined]
    return is_agreed and _is_orderable(part.offer, has_mandate=part.has_mandate)  # type: ignore[attr-defined]


def _part(part: BasketPart, at: datetime) -> PartTerms:
    product, offer = part.offer.variant.product, part.offer
    return PartTerms(
        offer_id=part.offer_id,
        quantity=part.quantity,
        share_cents=part.share_cents,
        organisation_id=product.establishment.organisation_id,
        establishment_id=product.establishment_id,
        vat_rate_bp=_rate(part.offer.vat_code, product.establishment, at),
        name=str(part.offer.variant),
        vat_code=part.offer.vat_code,
        keeps_stock=part.offer.keeps_stock,
        is_new_book=is_new_book(product.category_id, product.labels),
        is_reduced_book=is_reduced(
            offer.price_cents, offer.publisher_price_cents, is_old_stock=offer.is_old_stock
        ),
    )
