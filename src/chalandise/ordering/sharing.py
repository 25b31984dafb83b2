"""Shares out what a customer wants among those who sell it: one share a merchant.

A gift basket has one presenter and parts of several merchants. Its price is shared among the parts
to the cent; each merchant sells its own part, with its own tax, and what the others sell is
*gathered*: it is collected with the presenter's share, in the presenter's way.

Pure: terms in, shares out, so that any cart can be checked (invariant I4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from chalandise.catalogue.terms import OfferTerms, PartTerms
from chalandise.kernel.money import euros, round_half_up, split_cents

ADULT = 18


@dataclass(frozen=True)
class Wanted:
    """An offer and how many of it."""

    offer_id: int
    quantity: int


@dataclass(frozen=True)
class ShareKey:
    """Whose share, and with whose share it is collected (None: it is collected by itself)."""

    establishment_id: int
    gathered_by: int | None = None


@dataclass(frozen=True)
class PlannedLine:
    """A line as it will be ordered: the fields of `OrderLine`, and ``durability`` for the recap."""

    offer_id: int
    product_name: str
    variant_name: str
    product_slug: str
    photo_name: str
    quantity: int
    unit_price_cents: int
    total_cents: int
    reference_price_cents: int | None
    vat_code: str
    vat_rate_bp: int
    goods_kind: str
    withdrawal_exception: str
    is_alcohol: bool
    minimum_age: int
    allergens: tuple[str, ...] | None
    unit_price: str
    is_weight_priced: bool
    estimate_grams: int | None
    price_per_kilo_cents: int | None
    tolerance_percent: int
    basket_key: UUID | None = None
    basket_name: str = ""
    durability: tuple[tuple[str, str], ...] = ()


@dataclass
class Share:
    """What one merchant sells of the whole.

    Attributes:
        key: whose.
        organisation_id: the legal unit that sells.
        lines: what, in the order of the cart.
        weight_grams: what travels in its way, gathered goods included.
        lead_minutes: the time until it can be ready, gathered goods included.
        books_cents: what the new books that travel in its way cost, gathered ones included.
        has_reduced_books: one of them costs less than its publisher asks.
        gathered_cents: what is gathered with it, for rates that depend on the sum.
    """

    key: ShareKey
    organisation_id: int
    lines: list[PlannedLine] = field(default_factory=list)
    weight_grams: int = 0
    lead_minutes: int = 0
    gathered_cents: int = 0
    books_cents: int = 0
    has_reduced_books: bool = False

    @property
    def items_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.total_cents for line in self.lines)

    @property
    def goods(self) -> dict[int, int]:
        """What must be there to keep the promise: offers and quantities."""
        goods: dict[int, int] = {}
        for line in self.lines:
            goods[line.offer_id] = goods.get(line.offer_id, 0) + line.quantity
        return goods


def share_out(
    wanted: Sequence[Wanted],
    terms: Mapping[int, OfferTerms],
    part_terms: Mapping[int, OfferTerms],
) -> list[Share]:
    """Return one share for each merchant, presenters before what they gather.

    Args:
        wanted: what the customer wants; every offer is in ``terms``.
        terms: the terms of the offers.
        part_terms: the terms of what gift baskets are made of, for what the law asks of a line.
    """
    shares: dict[ShareKey, Share] = {}
    gathered: dict[ShareKey, Share] = {}
    for one in wanted:
        offer = terms[one.offer_id]
        own = _share(shares, ShareKey(offer.establishment_id), offer.organisation_id)
        own.weight_grams += offer.weight_grams * one.quantity
        own.lead_minutes = max(own.lead_minutes, offer.lead_minutes)
        _count_book(own, offer, offer.price_cents * one.quantity)
        if not offer.parts:
            own.lines.append(_plain_line(offer, one.quantity))
            continue
        key = uuid4()
        for part, cents in with_shares(offer):
            line = _part_line(offer, part, cents, one.quantity, part_terms, key)
            _count_book(own, part_terms[part.offer_id], line.total_cents)
            if part.establishment_id == offer.establishment_id:
                own.lines.append(line)
                continue
            other = ShareKey(part.establishment_id, gathered_by=offer.establishment_id)
            _share(gathered, other, part.organisation_id).lines.append(line)
            own.gathered_cents += line.total_cents
    return [*shares.values(), *gathered.values()]


def part_ids(terms: Mapping[int, OfferTerms]) -> set[int]:
    """Return the offers that the gift baskets among ``terms`` are made of."""
    return {part.offer_id for one in terms.values() for part in one.parts}


def said_unit_price(terms: OfferTerms) -> str:
    """Return « 7,90 €/kg », blank where no unit price is owed."""
    if terms.unit_price_cents is None:
        return ""
    return f"{euros(terms.unit_price_cents)}/{terms.unit_price_unit}"


def _share(shares: dict[ShareKey, Share], key: ShareKey, organisation_id: int | None) -> Share:
    if key not in shares:
        shares[key] = Share(key, organisation_id or 0)
    return shares[key]


def _count_book(share: Share, offer: OfferTerms, cents: int) -> None:
    """Note a new book where it travels: with what it came in, a gift basket too."""
    if offer.is_new_book:
        share.books_cents += cents
        share.has_reduced_books |= offer.is_reduced_book


def with_shares(offer: OfferTerms) -> Iterator[tuple[PartTerms, int]]:
    """Yield the parts with what each is paid of one basket, adding up to its price today."""
    agreed = [part.share_cents for part in offer.parts]
    if sum(agreed) != offer.price_cents:  # a promotion on the basket is borne in proportion
        agreed = split_cents(offer.price_cents, agreed)
    return zip(offer.parts, agreed, strict=True)


def _plain_line(offer: OfferTerms, quantity: int) -> PlannedLine:
    return PlannedLine(
        offer_id=offer.offer_id,
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        product_slug=offer.product_slug,
        photo_name=offer.photo_name,
        quantity=quantity,
        unit_price_cents=offer.price_cents,
        total_cents=offer.price_cents * quantity,
        reference_price_cents=offer.reference_price_cents,
        vat_code=offer.vat_code,
        vat_rate_bp=offer.vat_rate_bp,
        goods_kind=offer.goods_kind,
        withdrawal_exception=offer.withdrawal_exception,
        is_alcohol=offer.is_alcohol,
        minimum_age=_age(offer),
        allergens=offer.allergens,
        unit_price=said_unit_price(offer),
        is_weight_priced=offer.is_weight_priced,
        estimate_grams=offer.estimate_grams,
        price_per_kilo_cents=offer.unit_price_cents if offer.is_weight_priced else None,
        tolerance_percent=offer.tolerance_percent if offer.is_weight_priced else 0,
        durability=offer.durability,
    )


def _part_line(
    basket: OfferTerms,
    part: PartTerms,
    cents: int,
    baskets: int,
    part_terms: Mapping[int, OfferTerms],
    key: UUID,
) -> PlannedLine:
    known = part_terms[part.offer_id]
    return PlannedLine(
        offer_id=part.offer_id,
        product_name=known.product_name,
        variant_name=known.variant_name,
        product_slug=known.product_slug,
        photo_name=known.photo_name,
        quantity=part.quantity * baskets,
        unit_price_cents=round_half_up(cents, part.quantity),
        total_cents=cents * baskets,
        reference_price_cents=None,
        vat_code=part.vat_code or known.vat_code,
        vat_rate_bp=part.vat_rate_bp,
        goods_kind=known.goods_kind,
        withdrawal_exception=known.withdrawal_exception,
        is_alcohol=known.is_alcohol,
        minimum_age=_age(known),
        allergens=known.allergens,
        unit_price="",
        is_weight_priced=False,
        estimate_grams=None,
        price_per_kilo_cents=None,
        tolerance_percent=0,
        basket_key=key,
        basket_name=basket.name,
        durability=known.durability,
    )


def _age(offer: OfferTerms) -> int:
    """Return the age to be; alcohol is for adults whatever the merchant has said (CSP L3342-1)."""
    return max(offer.minimum_age, ADULT if offer.is_alcohol else 0)
