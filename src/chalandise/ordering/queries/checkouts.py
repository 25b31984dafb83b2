"""Reads about checkouts: what is in one now, and the recap of what it would order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalandise.catalogue.queries import terms_of
from chalandise.catalogue.terms import OfferTerms
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.queries import days_of, ways_of
from chalandise.logistics.values import Destination, OpenDay, Way
from chalandise.ordering.books import NO_BOOKS, Books, lawful_ways
from chalandise.ordering.errors import Change, Changed, CheckoutIncompleteError, EmptyCartError
from chalandise.ordering.models import CartLine, Checkout, CheckoutPart
from chalandise.ordering.queries.rows import (
    checkout_of_form,
    lines_of_cart,
    locked_checkout,
    parts_with_shops,
    whole_checkout,
    whole_of_form,
)
from chalandise.ordering.queries.sellers import fee_rate_of, seller_of
from chalandise.ordering.recap import Recap, RecapMerchant, recap_line, recap_of, vat_of
from chalandise.ordering.sharing import Share, ShareKey, Wanted, part_ids, share_out
from chalandise.ordering.states import WayKind

DELIVERED_WITHIN_DAYS = 30  # unless another day is agreed (L216-1)


@dataclass(frozen=True)
class Contents:
    """What a cart holds, shared out among merchants at the terms of this moment."""

    lines: list[CartLine]
    terms: dict[int, OfferTerms]
    shares: list[Share]

    @property
    def gone(self) -> list[Change]:
        """The lines that can no longer be ordered."""
        return [
            Change(Changed.GONE, line.offer_id, self.terms[line.offer_id].name, line.quantity, 0)
            for line in self.lines
            if not self.terms[line.offer_id].is_orderable
        ]


@dataclass(frozen=True)
class PlannedPart:
    """One merchant order as it would be placed.

    Attributes:
        part: what is held, and the way that was chosen.
        share: what is sold, at the terms of this moment.
        way: what is shown of the way.
        fee_cents: what it costs now.
    """

    part: CheckoutPart
    share: Share
    seller: dict[str, Any]
    way: dict[str, Any]
    fee_cents: int
    fee_rate_bp: int
    promised_on: date

    @property
    def total_cents(self) -> int:
        """Goods and delivery."""
        return self.share.items_cents + self.fee_cents


@dataclass(frozen=True)
class Preview:
    """A checkout as it would be placed now.

    Attributes:
        parts: by merchant.
        recap: what is shown above the button.
        changes: what is no longer as it was held or chosen; nothing may be placed while there is.
    """

    parts: list[PlannedPart]
    recap: Recap
    changes: tuple[Change, ...]


def get_checkout(form_token: str) -> Checkout:
    """Return the checkout that a form belongs to, placed or not.

    Raises:
        NotFoundError: none.
    """
    return _found(checkout_of_form(form_token))


def get_whole_checkout(form_token: str) -> Checkout:
    """Return the same with all that its pages show at hand, in one statement too.

    Raises:
        NotFoundError: none.
    """
    return _found(whole_of_form(form_token))


def _found(found: Checkout | None) -> Checkout:
    if found is None:
        raise NotFoundError
    return found


def lock_checkout(checkout_id: int) -> Checkout:
    """Return a checkout locked until the transaction ends, so that one step is taken at a time.

    Raises:
        NotFoundError: it is forgotten.
    """
    return _found(locked_checkout(checkout_id))


def read_whole(checkout: Checkout) -> Checkout:
    """Return a checkout with parts and lines as they are at this moment; one statement.

    Raises:
        NotFoundError: it is forgotten.
    """
    return _found(whole_checkout(checkout.pk))


def parts_of(checkout: Checkout) -> list[CheckoutPart]:
    """Return the parts of a checkout with shops and sellers; one statement if not at hand."""
    at_hand = checkout.parts_at_hand
    return parts_with_shops(checkout.pk) if at_hand is None else at_hand


def contents_of(cart_id: int | None, *, at: datetime) -> Contents:
    """Return what a cart holds, shared out; two statements, four where there is a gift basket.

    Raises:
        EmptyCartError: nothing.
    """
    return _contents(lines_of_cart(cart_id) if cart_id else [], at)


def _contents(lines: list[CartLine], at: datetime) -> Contents:
    if not lines:
        raise EmptyCartError
    terms = terms_of([line.offer_id for line in lines], at=at)
    inside = part_ids(terms)
    part_terms = terms_of(inside, at=at) if inside else {}
    wanted = [Wanted(line.offer_id, line.quantity) for line in lines]
    return Contents(lines, terms, share_out(wanted, terms, part_terms))


def keys_of(parts: Iterable[CheckoutPart]) -> dict[int, ShareKey]:
    """Return whose share each part is, by the part's key."""
    parts = list(parts)
    shops = {part.pk: part.establishment_id for part in parts}
    return {
        part.pk: ShareKey(
            part.establishment_id,
            None if part.gathered_by_id is None else shops[part.gathered_by_id],
        )
        for part in parts
    }


def ways_for(
    checkout: Checkout,
    parts: Sequence[CheckoutPart],
    *,
    at: datetime,
    looks_for_slots: bool = True,
) -> dict[int, list[Way]]:
    """Return the ways each merchant offers to this customer, by establishment.

    What is gathered by another comes in that other's way and has none of its own. New books are
    brought at the least price of the law, and only at their publisher's (`ordering.books`).
    """
    asked = {**_asked_of_ways(checkout, parts), "looks_for_slots": looks_for_slots}
    return ways_with(_books_of(parts), at=at, **asked)


def ways_with(books: Mapping[int, Books], *, at: datetime, **asked: Any) -> dict[int, list[Way]]:
    """Return the ways of `logistics.ways_of` at what the law lets them cost: the one door to them.

    Args:
        books: the new books in it, by establishment.
        at: now.
        asked: what `ways_of` is asked.
    """
    found = ways_of(**asked, at=at)
    return {shop: lawful_ways(ways, books.get(shop, NO_BOOKS)) for shop, ways in found.items()}


def days_for(
    checkout: Checkout, parts: Sequence[CheckoutPart], *, at: datetime, days: int
) -> dict[int, list[tuple[Way, list[OpenDay]]]]:
    """Return the same ways with the days and times at which each can be had."""
    found = days_of(**_asked_of_ways(checkout, parts), at=at, days=days)
    books = _books_of(parts)
    return {
        shop: [
            (lawful, open_days)
            for way, open_days in listed
            for lawful in lawful_ways([way], books.get(shop, NO_BOOKS))
        ]
        for shop, listed in found.items()
    }


def _books_of(parts: Sequence[CheckoutPart]) -> dict[int, Books]:
    """Return the new books of each merchant whose part is brought by itself."""
    return {
        part.establishment_id: Books(part.books_cents, part.has_reduced_books)
        for part in parts
        if part.gathered_by_id is None
    }


def _asked_of_ways(checkout: Checkout, parts: Sequence[CheckoutPart]) -> dict[str, Any]:
    own = [part for part in parts if part.gathered_by_id is None]
    gathered: dict[int, int] = {}
    for part in parts:
        if part.gathered_by_id is not None:
            gathered[part.gathered_by_id] = gathered.get(part.gathered_by_id, 0) + part.items_cents
    return {
        "establishments": [part.establishment for part in own],
        "destination": destination_of(checkout),
        "subtotals": {
            part.establishment_id: part.items_cents + gathered.get(part.pk, 0) for part in own
        },
        "weights": {part.establishment_id: part.weight_grams for part in own},
        "lead_minutes": {part.establishment_id: part.lead_minutes for part in own},
    }


def destination_of(checkout: Checkout) -> Destination | None:
    """Return where things would be brought, None while nobody has said."""
    address = checkout.address
    if not address.get("commune_key"):
        return None
    return Destination(
        commune_key=address["commune_key"],
        latitude=address.get("latitude"),
        longitude=address.get("longitude"),
    )


def preview(checkout: Checkout, *, at: datetime) -> Preview:
    """Return what would be ordered now, with the recap of essentials.

    Two statements, the first unless parts and lines are at hand; one more where things are brought
    or sent, two for a gift basket.

    Raises:
        EmptyCartError: nothing is in the cart.
        CheckoutIncompleteError: nobody said who, or a way is not chosen yet.
    """
    if not checkout.customer_name:
        raise CheckoutIncompleteError("who")
    if checkout.lines_at_hand is None:
        checkout = read_whole(checkout)
    contents = _contents(checkout.lines_at_hand or [], at)
    parts = parts_of(checkout)
    keys = keys_of(parts)
    shares = {share.key: share for share in contents.shares}
    is_same = {keys[part.pk]: _goods(part) for part in parts} == {
        share.key: share.goods for share in contents.shares
    }
    if not is_same:
        return Preview([], _recap(checkout, []), (*contents.gone, Change(Changed.CART)))
    _require_ways(parts)
    for part in parts:  # what the rates look at is of this moment
        share = shares[keys[part.pk]]
        part.items_cents, part.weight_grams = share.items_cents, share.weight_grams
        part.books_cents = share.books_cents
        part.has_reduced_books = share.has_reduced_books
    fees = _fees(checkout, parts, at)
    planned, changes = [], contents.gone
    for part in parts:
        fee = fees[part.pk]
        if fee is None:
            changes.append(Change(Changed.WAY, name=part.establishment.name))
        elif fee != part.fee_cents:
            changes.append(Change(Changed.FEE, None, part.establishment.name, part.fee_cents, fee))
        planned.append(_planned(part, shares[keys[part.pk]], fee or 0, at))
    return Preview(planned, _recap(checkout, planned), tuple(changes))


def _goods(part: CheckoutPart) -> dict[int, int]:
    return {int(offer_id): count for offer_id, count in part.goods.items()}


def _require_ways(parts: Sequence[CheckoutPart]) -> None:
    missing = [part.establishment_id for part in parts if not part.way_key]
    if missing:
        raise CheckoutIncompleteError("way", missing)


def _fees(checkout: Checkout, parts: Sequence[CheckoutPart], at: datetime) -> dict[int, int | None]:
    """Return what each way costs now; None where it is offered no more.

    A place held at a counter is a promise with its fee for as long as it is held. What is brought
    or sent is asked again, because it depends on the sum, which may have moved.
    """
    fees: dict[int, int | None] = {part.pk: part.fee_cents for part in parts}
    is_held = at < checkout.expires_at
    asked = [
        part
        for part in parts
        if part.gathered_by_id is None
        and not (is_held and part.way_kind in {WayKind.PICKUP, WayKind.POINT})
    ]
    if asked:
        ways = ways_for(checkout, parts, at=at, looks_for_slots=False)
        for part in asked:
            offered = {way.key: way.fee_cents for way in ways[part.establishment_id]}
            fees[part.pk] = offered.get(part.way_key)
    return fees


def _planned(part: CheckoutPart, share: Share, fee_cents: int, at: datetime) -> PlannedPart:
    shop = part.establishment
    zone = ZoneInfo(part.way.get("timezone") or shop.timezone)
    if part.starts_at is not None:
        promised = part.starts_at.astimezone(zone).date()
    else:
        promised = at.astimezone(zone).date() + timedelta(days=DELIVERED_WITHIN_DAYS)
    return PlannedPart(
        part=part,
        share=share,
        seller=seller_of(shop),
        way={**part.way, "fee_cents": fee_cents},
        fee_cents=fee_cents,
        fee_rate_bp=fee_rate_of(shop, at),
        promised_on=promised,
    )


def _recap(checkout: Checkout, planned: Sequence[PlannedPart]) -> Recap:
    names = {one.part.pk: one.part.establishment.name for one in planned}
    needs_address = any(
        one.part.way_kind in {WayKind.DELIVERY, WayKind.SHIPPING} for one in planned
    )
    return recap_of(
        portal=checkout.portal.name,
        customer={
            "name": checkout.customer_name,
            "email": checkout.customer_email,
            "phone": checkout.customer_phone,
            "address": checkout.address if needs_address else {},
            **({"business": checkout.business} if checkout.business else {}),
        },
        merchants=[_recap_merchant(one, names) for one in planned],
    )


def _recap_merchant(one: PlannedPart, names: dict[int, str]) -> RecapMerchant:
    part, share = one.part, one.share
    zone = ZoneInfo(part.way.get("timezone") or part.establishment.timezone)
    return RecapMerchant(
        establishment=part.establishment.name,
        seller=one.seller,
        way=one.way,
        starts_at=part.starts_at.astimezone(zone).isoformat() if part.starts_at else "",
        ends_at=part.ends_at.astimezone(zone).isoformat() if part.ends_at else "",
        promised_on=one.promised_on.isoformat(),
        gathered_by=names[part.gathered_by_id] if part.gathered_by_id else "",
        lines=[recap_line(line) for line in share.lines],
        items_cents=share.items_cents,
        fee_cents=one.fee_cents,
        total_cents=one.total_cents,
        vat=vat_of(share.lines, fee_cents=one.fee_cents, fee_rate_bp=one.fee_rate_bp),
    )
