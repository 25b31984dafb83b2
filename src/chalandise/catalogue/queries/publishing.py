"""What a product still lacks before it may be sold online."""

from __future__ import annotations

from collections.abc import Sequence

from chalandise.catalogue.alcohol import is_alcohol
from chalandise.catalogue.gate import Facts, missing_of
from chalandise.catalogue.models import (
    BasketInvitation,
    BasketPart,
    MandateAcceptance,
    Product,
    SellerProfile,
    SoleTrader,
)
from chalandise.catalogue.queries.baskets import priced_part
from chalandise.catalogue.sellers import MANDATE_VERSION, missing_of_seller
from chalandise.catalogue.states import (
    InvitationState,
    ProductKind,
    ProductLabel,
    ProductState,
)
from chalandise.organisations.models import Organisation


def missing_to_publish(product: Product) -> tuple[str, ...]:
    """Return the codes of what lacks, as `catalogue.gate.missing_of` names them; none: publish."""
    category = product.category
    organisation = product.establishment.organisation
    profile = profile_of(organisation)
    variants = list(product.variants.select_related("offer"))
    parts = _parts(product) if product.kind == ProductKind.BASKET else []
    is_basket = product.kind == ProductKind.BASKET
    return missing_of(
        Facts(
            requirements=[] if is_basket else category.requirements,
            is_blocked=category.is_blocked,
            is_alcohol=is_alcohol(product),
            may_sell_alcohol=profile is not None and profile.may_sell_alcohol,
            offer_count=len(variants),
            photo_count=product.photos.count(),
            net_quantities=[one.net_quantity for one in variants],
            weight_priced=[one.offer.is_weight_priced for one in variants],
            allergens=product.allergens,
            food_sheet=product.food_sheet,
            safety=product.safety,
            epr_ids=product.epr_ids,
            seller_epr_ids=profile.epr_ids if profile else {},
            origin=product.origin,
            alcohol_degree=product.alcohol_degree,
            minimum_age=product.minimum_age,
            seller_missing=seller_missing(organisation),
            publisher_prices=[one.offer.publisher_price_cents for one in variants],
            is_second_hand=ProductLabel.SECOND_HAND in product.labels,
            part_problems=_problems(product, parts) if is_basket else [],
        )
    )


def profile_of(organisation: Organisation | None) -> SellerProfile | None:
    """Return the seller profile of an organisation, if somebody has begun one."""
    if organisation is None:
        return None
    return SellerProfile.objects.filter(organisation=organisation).first()


def sole_trader_of(organisation: Organisation) -> SoleTrader | None:
    """Return who trades in their own name; for their own eyes and the tax office's."""
    return SoleTrader.objects.filter(profile__organisation=organisation).first()


def seller_missing(organisation: Organisation | None) -> tuple[str, ...]:
    """Return what an organisation still owes its customers, as ``seller:<field>``."""
    has_mandate = (
        organisation is not None
        and MandateAcceptance.objects.filter(
            organisation=organisation, text_version=MANDATE_VERSION
        ).exists()
    )
    return missing_of_seller(profile_of(organisation), has_mandate=has_mandate)


def _parts(product: Product) -> Sequence[BasketPart]:
    return list(
        BasketPart.objects.filter(basket__variant__product=product).select_related(
            "offer__variant__product__establishment"
        )
    )


def _problems(product: Product, parts: Sequence[BasketPart]) -> list[str]:
    if not parts:
        return ["empty"]
    states = {part.offer.variant.product.state for part in parts}
    sellers = {part.offer.variant.product.establishment.organisation_id for part in parts}
    others = sellers - {product.establishment.organisation_id}
    agreed = BasketInvitation.objects.filter(product=product, state=InvitationState.AGREED)
    is_agreed = not others or others <= set(agreed.values_list("organisation_id", flat=True))
    is_paid = all(
        part.share_cents >= part.offer.price_cents * part.quantity
        for part in parts
        if part.offer.variant.product.establishment.organisation_id in others
    )
    priced = (priced_part(one.offer, one.quantity, product.establishment) for one in parts)
    has_book_prices = all(
        part.share_cents == one.cents or not one.is_fixed
        for part, one in zip(parts, priced, strict=True)
    )
    return [
        *([] if states == {ProductState.PUBLISHED} else ["not_on_shelf"]),
        *([] if is_agreed else ["not_agreed"]),
        *([] if is_paid else ["price_too_low"]),
        *([] if has_book_prices else ["book_price"]),
    ]
