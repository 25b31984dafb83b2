"""Reads about gift baskets: what may go into one, who would get what, who was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, Value, When

from chalandise.accounts.models import User
from chalandise.catalogue.baskets import PricedPart, mark_of_words, shares_of
from chalandise.catalogue.books import has_fixed_price
from chalandise.catalogue.models import (
    BasketInvitation,
    BasketPart,
    MandateAcceptance,
    Offer,
    Product,
)
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.states import InvitationState, ProductKind, ProductState
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.text import fold
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter

MOST_FOUND = 12
_SHOP = "variant__product__establishment"


@dataclass(frozen=True)
class PartShare:
    """A part of a basket: what it costs alone, what the basket pays for it (None: too low)."""

    offer: Offer
    quantity: int
    is_own: bool
    cents: int
    share_cents: int | None

    @property
    def shop(self) -> Establishment:
        """Who sells the part."""
        return self.offer.variant.product.establishment


@dataclass(frozen=True)
class MerchantShare:
    """What one merchant gets of a basket."""

    shop: Establishment
    is_own: bool
    cents: int


@dataclass(frozen=True)
class BasketDraft:
    """A basket before it is composed.

    Attributes:
        parts: in the order in which they were chosen.
        alone_cents: what the parts cost one by one.
        least_cents: the lowest price at which everybody gets something.
        has_books: a new book in it takes what it costs.
        is_of_books_alone: nothing else is in it, so that its price is their sum.
        is_shared: whether the price can be shared.
    """

    parts: tuple[PartShare, ...]
    alone_cents: int
    least_cents: int
    is_shared: bool
    has_books: bool = False
    is_of_books_alone: bool = False

    @property
    def merchants(self) -> list[MerchantShare]:
        """Who gets what, the composer first; nobody while the price cannot be shared."""
        return merchants_of(self.parts) if self.is_shared else []


def merchants_of(parts: Iterable[PartShare]) -> list[MerchantShare]:
    """Add the shares up by establishment, the composer's own first."""
    sums: dict[int, MerchantShare] = {}
    for part in parts:
        before = sums.get(part.shop.pk)
        cents = (before.cents if before else 0) + (part.share_cents or 0)
        sums[part.shop.pk] = MerchantShare(part.shop, part.is_own, cents)
    return sorted(sums.values(), key=lambda one: not one.is_own)


def offers_for_basket(portal: Portal, establishment: Establishment, *, words: str) -> list[Offer]:
    """Return offers that may go into a basket and answer to ``words``, the composer's own first."""
    found = (
        _with_shop(Offer.objects.all())
        .filter(
            _within_reach(portal, establishment),
            variant__product__state=ProductState.PUBLISHED,
            variant__product__kind=ProductKind.SIMPLE,
            is_weight_priced=False,
            is_available=True,
        )
        .filter(**{f"{_SHOP}__status": ListingState.PUBLISHED})
        .filter(
            **{
                f"{_SHOP}__organisation__in": MandateAcceptance.objects.filter(
                    text_version=MANDATE_VERSION
                ).values("organisation")
            }
        )
        .exclude(variant__product__category__is_blocked=True)
    )
    for word in words.split()[:6]:
        answers = Q()
        for path in ("variant__product", _SHOP):  # sort keys lack accents, and leading articles
            answers |= Q(**{f"{path}__name__icontains": word})
            answers |= Q(**{f"{path}__sort_key__icontains": fold(word)})
        found = found.filter(answers)
    order = ("variant__product__sort_key", "variant__position", "pk")
    own = Q(**{f"{_SHOP}__organisation": establishment.organisation_id})
    mine = list(found.filter(own).order_by(*order)[:MOST_FOUND])
    if not words:
        return mine
    theirs = found.exclude(own).annotate(nearness=_nearness(words)).order_by("nearness", *order)
    return [*mine, *theirs[:MOST_FOUND]]


def _nearness(words: str) -> Case:
    """Rank the things that are called so before those whose shop is: honey before the wax of a hive."""
    key, first = "variant__product__sort_key", fold(words.split()[0])
    return Case(
        When(**{f"{key}__startswith": first}, then=Value(0)),
        When(**{f"{key}__contains": first}, then=Value(1)),
        default=Value(2),
    )


def keep_within_reach(
    portal: Portal, establishment: Establishment, parts: Mapping[int, int]
) -> dict[int, int]:
    """Leave out the parts whose offers the composer may not know of.

    Its own stay whatever became of them; others' are what every customer of the portal sees, so
    that no number typed into the address of a form tells of a draft, of its price or of its stock.
    """
    offers = Offer.objects.filter(_within_reach(portal, establishment), pk__in=list(parts))
    known = set(offers.values_list("pk", flat=True))
    return {pk: count for pk, count in parts.items() if pk in known}


def draft_basket(
    establishment: Establishment, parts: Mapping[int, int], *, price_cents: int | None
) -> BasketDraft:
    """Return who would get what of a basket at a price; unknown offers are left out."""
    found = _with_shop(Offer.objects.all()).in_bulk(list(parts))
    offers = [found[pk] for pk in parts if pk in found]
    priced = [priced_part(one, parts[one.pk], establishment) for one in offers]
    others = sum(one.cents for one in priced if not one.is_free)
    own_count = sum(one.is_free for one in priced)
    shares = shares_of(price_cents, priced) if price_cents is not None and priced else None
    paid: list[int | None] = [*shares] if shares is not None else [None] * len(offers)
    return BasketDraft(
        parts=tuple(
            PartShare(offer, parts[offer.pk], one.is_own, one.cents, share)
            for offer, one, share in zip(offers, priced, paid, strict=True)
        ),
        alone_cents=sum(one.cents for one in priced),
        least_cents=others + own_count,
        is_shared=shares is not None,
        has_books=any(one.is_fixed for one in priced),
        is_of_books_alone=bool(priced) and all(one.is_fixed for one in priced),
    )


def priced_part(offer: Offer, quantity: int, composer: Establishment) -> PricedPart:
    """Return what a part costs alone, whose it is, and whether a publisher fixes its price."""
    product = offer.variant.product
    return PricedPart(
        cents=offer.price_cents * quantity,
        is_own=product.establishment.organisation_id == composer.organisation_id,
        is_fixed=has_fixed_price(
            product.category_id, product.labels, is_old_stock=offer.is_old_stock
        ),
    )


def parts_of_basket(product_id: int, establishment: Establishment) -> tuple[PartShare, ...]:
    """Return the parts of a composed basket with what each is paid, as ``establishment`` sees it."""
    return tuple(
        PartShare(
            offer=row.offer,
            quantity=row.quantity,
            is_own=row.offer.variant.product.establishment.organisation_id
            == establishment.organisation_id,
            cents=row.offer.price_cents * row.quantity,
            share_cents=row.share_cents,
        )
        for row in BasketPart.objects.filter(basket__variant__product=product_id)
        .select_related(f"offer__{_SHOP}__commune", f"offer__{_SHOP}__organisation")
        .prefetch_related("offer__variant__product__photos")
        .order_by("position", "pk")
    )


def mark_of(product: Product) -> str:
    """Return the mark of a basket's words as they stand, which a yes is given to."""
    forms = product.variants.order_by("pk").values_list("name", flat=True)
    return mark_of_words(product.name, product.description, *forms)


def invitations_of(product_id: int) -> Sequence[BasketInvitation]:
    """Return who was asked to be in a basket, and what they answered."""
    return list(
        BasketInvitation.objects.filter(product=product_id)
        .select_related("organisation")
        .order_by("pk")
    )


def invitations_to(establishment: Establishment) -> Sequence[BasketInvitation]:
    """Return the baskets of others that the organisation of a shop was asked to be in."""
    return list(
        BasketInvitation.objects.filter(organisation=establishment.organisation_id)
        .select_related("product__establishment__commune")
        .prefetch_related("product__variants__offer", "product__photos")
    )


def count_asked(establishment: Establishment) -> int:
    """Count the baskets of others that wait for the yes of a shop's organisation."""
    return BasketInvitation.objects.filter(
        organisation=establishment.organisation_id, state=InvitationState.ASKED
    ).count()


def shop_asked(invitation: BasketInvitation) -> Establishment | None:
    """Return the establishment whose goods are wanted, the first of them; None once none is."""
    return (
        Establishment.objects.filter(
            organisation=invitation.organisation_id,
            products__variants__offer__baskets__basket__variant__product=invitation.product_id,
        )
        .order_by("pk")
        .first()
    )


def get_invitation_for_member(user: User, invitation_id: int) -> BasketInvitation:
    """Return an invitation that was sent to an organisation of this person.

    Raises:
        NotFoundError: absent, or sent to somebody else.
    """
    found = (
        BasketInvitation.objects.select_related("product__establishment")
        .filter(pk=invitation_id, organisation__memberships__user=user)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def _within_reach(portal: Portal, establishment: Establishment) -> Q:
    own = Q(**{f"{_SHOP}__organisation": establishment.organisation_id})
    shown = Q(
        **{f"{_SHOP}__status": ListingState.PUBLISHED},
        variant__product__state=ProductState.PUBLISHED,
    )
    return own | (shown & scope_filter(portal, prefix=f"{_SHOP}__commune"))


def _with_shop(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    return offers.select_related(f"{_SHOP}__commune", f"{_SHOP}__organisation").prefetch_related(
        "variant__product__photos"
    )
