"""The checkout: goods held while the customer says who they are and how they get each thing.

Everything is held from the first screen (fault 1): whoever comes too late learns it before paying.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from chalandise.accounts.models import User
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.failpoints import failpoint
from chalandise.logistics.actions import hold_slots, release_slots
from chalandise.logistics.values import Slot, SlotChoice, Way
from chalandise.ordering.actions.writing import write_new
from chalandise.ordering.durability import LIGHTLY, of_one_statement, of_own_block
from chalandise.ordering.errors import (
    Change,
    Changed,
    CheckoutIncompleteError,
    EmptyCartError,
    TermsChangedError,
    WayGoneError,
)
from chalandise.ordering.models import Cart, Checkout, CheckoutPart
from chalandise.ordering.queries.checkouts import (
    Contents,
    contents_of,
    keys_of,
    lock_checkout,
    parts_of,
    ways_for,
)
from chalandise.ordering.queries.locking import lock_cart
from chalandise.ordering.sharing import Share, ShareKey
from chalandise.ordering.states import OrderSource, WayKind
from chalandise.portals.models import Portal
from chalandise.stock.actions import hold_stock, release_stock
from chalandise.stock.errors import OutOfStockError

HELD_MINUTES = 20
_SAY_WHO = f"""
    WITH {LIGHTLY}
    UPDATE ordering_checkout
    SET customer_name = %(customer_name)s, customer_email = %(customer_email)s,
        customer_phone = %(customer_phone)s, address = %(address)s::jsonb,
        business = %(business)s::jsonb
    FROM lightly
    WHERE id = %(checkout)s AND placed_at IS NULL
"""  # noqa: S608 (joined of constants)
_WRITE_WAYS = f"""
    WITH {LIGHTLY}
    UPDATE ordering_checkoutpart p
    SET way_key = w.way_key, way_kind = w.way_kind, way = w.way::jsonb, fee_cents = w.fee_cents,
        starts_at = w.starts_at, ends_at = w.ends_at, note = w.note
    FROM lightly, unnest(
            %(id)s::bigint[], %(way_key)s::text[], %(way_kind)s::text[], %(way)s::text[],
            %(fee_cents)s::int[], %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[],
            %(note)s::text[]
        ) AS w (id, way_key, way_kind, way, fee_cents, starts_at, ends_at, note)
    WHERE p.id = w.id
"""  # noqa: S608 (joined of constants)


@dataclass(frozen=True)
class Who:
    """Who orders.

    ``address`` says where to bring things: ``street``, ``complement``, ``postal_code``,
    ``commune_key``, ``commune_name``, and ``latitude`` with ``longitude`` where they are known;
    empty when everything is collected. ``business`` is the firm it is for: ``name``, ``siren``,
    ``vat_number``, ``address``; empty for a consumer.
    """

    name: str
    email: str = ""
    phone: str = ""
    address: Mapping[str, Any] = field(default_factory=dict)
    business: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WayWish:
    """How the customer wants to get one merchant's part.

    Attributes:
        way_key: as `ways_for` offers it.
        starts_at: start of the slot, where the way has slots.
        note: a word to the merchant.
    """

    way_key: str
    starts_at: datetime | None = None
    note: str = ""


def start_checkout(
    cart: Cart,
    *,
    portal: Portal,
    at: datetime,
    user: User | None = None,
    source: str = OrderSource.WEB,
) -> Checkout:
    """Hold every merchant's goods for twenty minutes, in one locked call.

    Started again (another tab, the back button), it holds what the cart says now and keeps what was
    already said.

    Raises:
        EmptyCartError: nothing to order.
        TermsChangedError: something is gone or short; nothing more is held than before.
    """
    try:
        return _start(cart, portal=portal, at=at, user=user, source=source)
    except OutOfStockError as error:
        contents = contents_of(cart.pk, at=at)
        left = {one.offer_id: one.left for one in error.shortages}
        raise TermsChangedError(_short(contents, left)) from error


@transaction.atomic
def _start(cart: Cart, *, portal: Portal, at: datetime, user: User | None, source: str) -> Checkout:
    until = at + timedelta(minutes=HELD_MINUTES)
    locked = lock_cart(cart.pk)
    if locked is None:
        raise EmptyCartError
    contents = contents_of(cart.pk, at=at)
    if contents.gone:
        raise TermsChangedError(contents.gone)
    begun: Checkout | None = getattr(locked, "checkout", None)
    former: list[CheckoutPart] = []
    if begun is None:
        checkout = Checkout(
            cart=cart, portal=portal, user=user, source=source, started_at=at, expires_at=until
        )
    else:
        checkout = lock_checkout(begun.pk)
        checkout.portal, checkout.user, checkout.expires_at = portal, user, until
        checkout.save(update_fields=["portal", "user", "expires_at"])
        former = parts_of(checkout)
    parts = _parts(checkout, former, contents.shares, at)
    hold_stock({part.holder: _goods(part) for part in parts}, until=until, at=at)
    failpoint("ordering.start.held")
    return checkout


def say_who(checkout: Checkout, who: Who, *, at: datetime) -> None:
    """Note who orders, and where things would be brought.

    Raises:
        NotFoundError: the checkout was placed or forgotten meanwhile.
    """
    del at  # what is held keeps its own time
    said: dict[str, Any] = {
        "customer_name": who.name,
        "customer_email": who.email.lower(),
        "customer_phone": who.phone,
        "address": dict(who.address),
        "business": dict(who.business),
    }
    kept: dict[str, Any] = {
        name: json.dumps(value) if isinstance(value, dict) else value
        for name, value in said.items()
    }
    own = {"checkout": checkout.pk, "durability": of_one_statement()}
    with connection.cursor() as cursor:
        cursor.execute(_SAY_WHO, kept | own)
        if not cursor.rowcount:
            raise NotFoundError
    for name, value in said.items():
        setattr(checkout, name, value)


@transaction.atomic
def choose_ways(checkout: Checkout, wishes: Mapping[int, WayWish], *, at: datetime) -> None:
    """Choose how to get each merchant's part, and hold the slots.

    What is gathered for a gift basket comes in the way of the basket's presenter.

    Args:
        checkout: which.
        wishes: by establishment.
        at: now.

    Raises:
        CheckoutIncompleteError: a merchant's way, its slot, or the address it needs is missing.
        WayGoneError: a way is not offered to this customer.
        SlotFullError, SlotGoneError: of `logistics`, with the nearest slots; nothing changed.
        NotFoundError: the checkout was placed or forgotten meanwhile.
    """
    checkout = _open(checkout.pk)
    parts = parts_of(checkout)
    own = [part for part in parts if part.gathered_by_id is None]
    _require_wishes(own, wishes)
    offered = ways_for(checkout, parts, at=at, looks_for_slots=False)
    chosen = {part.pk: _chosen(part, wishes, offered) for part in own}
    gone = [part.establishment_id for part in own if chosen[part.pk] is None]
    if gone:
        raise WayGoneError(gone)
    slots = _hold_slots(own, chosen, wishes, checkout, at)
    for part in own:
        _note_way(part, chosen[part.pk], wishes[part.establishment_id], slots.get(part.holder))
    presenters = {part.pk: part for part in own}
    for part in parts:
        if part.gathered_by_id is not None:
            _follow(part, presenters[part.gathered_by_id])
    _write_ways(parts)
    failpoint("ordering.ways.written")


def _open(checkout_id: int) -> Checkout:
    checkout = lock_checkout(checkout_id)
    if checkout.placed_at is not None:
        raise NotFoundError
    return checkout


def _parts(
    checkout: Checkout, former: Sequence[CheckoutPart], shares: Sequence[Share], at: datetime
) -> list[CheckoutPart]:
    """Bring the parts in line with the shares; what is no longer wanted is given back."""
    keys = keys_of(former)
    known = {keys[part.pk]: part for part in former}
    wanted = {share.key for share in shares}
    gone = [part for key, part in known.items() if key not in wanted]
    if gone:
        holders = [part.holder for part in gone]
        release_stock(holders, at=at)
        release_slots(holders, at=at)
        CheckoutPart.objects.filter(pk__in=[part.pk for part in gone]).delete()
    parts: dict[ShareKey, CheckoutPart] = {}
    highest = max((part.position for part in former), default=0)
    for place, share in enumerate(shares, highest + 1):
        part = known.get(share.key) or CheckoutPart(
            checkout=checkout, establishment_id=share.key.establishment_id, position=place
        )
        part.goods = {str(offer_id): count for offer_id, count in share.goods.items()}
        part.items_cents = share.items_cents
        part.books_cents = share.books_cents
        part.has_reduced_books = share.has_reduced_books
        part.weight_grams = share.weight_grams
        part.lead_minutes = share.lead_minutes
        parts[share.key] = part
    _save(checkout, parts)
    return list(parts.values())


def _save(checkout: Checkout, parts: Mapping[ShareKey, CheckoutPart]) -> None:
    """Write what is new, presenters before what they gather, and its checkout where that is new."""
    kept = [part for part in parts.values() if part.pk]
    if kept:
        CheckoutPart.objects.bulk_update(
            kept,
            [
                *("goods", "items_cents", "books_cents", "has_reduced_books"),
                *("weight_grams", "lead_minutes"),
            ],
        )
    new = {key: part for key, part in parts.items() if not part.pk}
    for key, part in new.items():
        if key.gathered_by is not None:
            part.gathered_by = parts[ShareKey(key.gathered_by)]
    by_sort = sorted(new.items(), key=lambda one: one[0].gathered_by is not None)
    write_new([] if checkout.pk else [checkout], [part for _key, part in by_sort])


def _goods(part: CheckoutPart) -> dict[int, int]:
    return {int(offer_id): count for offer_id, count in part.goods.items()}


def _short(contents: Contents, left: Mapping[int, int]) -> list[Change]:
    """Say which lines of the cart lack something, a gift basket by the part that lacks most."""
    changes = []
    for line in contents.lines:
        terms = contents.terms[line.offer_id]
        if terms.parts:
            had = [left[p.offer_id] // p.quantity for p in terms.parts if p.offer_id in left]
        else:
            had = [left[line.offer_id]] if line.offer_id in left else []
        if had:
            now = max(0, min(*had, line.quantity) if len(had) > 1 else min(had[0], line.quantity))
            kind = Changed.LESS_LEFT if now else Changed.GONE
            changes.append(Change(kind, line.offer_id, terms.name, line.quantity, now))
    return changes


def _require_wishes(own: Sequence[CheckoutPart], wishes: Mapping[int, WayWish]) -> None:
    missing = [part.establishment_id for part in own if part.establishment_id not in wishes]
    if missing:
        raise CheckoutIncompleteError("way", missing)


def _chosen(
    part: CheckoutPart, wishes: Mapping[int, WayWish], offered: Mapping[int, Sequence[Way]]
) -> Way | None:
    key = wishes[part.establishment_id].way_key
    return next((way for way in offered[part.establishment_id] if way.key == key), None)


def _hold_slots(
    own: Sequence[CheckoutPart],
    chosen: Mapping[int, Way | None],
    wishes: Mapping[int, WayWish],
    checkout: Checkout,
    at: datetime,
) -> dict[UUID, Slot]:
    wanted: dict[UUID, SlotChoice] = {}
    without, freed = [], []
    for part in own:
        way, wish = chosen[part.pk], wishes[part.establishment_id]
        if way is not None and way.needs_slot:
            if wish.starts_at is None:
                without.append(part.establishment_id)
                continue
            wanted[part.holder] = SlotChoice(
                way.key,
                part.establishment_id,
                wish.starts_at,
                part.lead_minutes,
                place=way.place,
            )
        elif part.starts_at is not None:
            freed.append(part.holder)
    if without:
        raise CheckoutIncompleteError("slot", without)
    return hold_slots(wanted, until=checkout.expires_at, at=at, giving_back=freed)


def _note_way(part: CheckoutPart, way: Way | None, wish: WayWish, slot: Slot | None) -> None:
    if way is None:
        return
    part.way_key, part.way_kind, part.way = way.key, WayKind(way.kind), way.shown()
    part.fee_cents = way.fee_cents
    part.starts_at = slot.starts_at.astimezone(UTC) if slot else None
    part.ends_at = slot.ends_at.astimezone(UTC) if slot else None
    part.note = wish.note.strip()[:500]


def _write_ways(parts: Sequence[CheckoutPart]) -> None:
    """Write the ways of all parts in one statement."""
    given: dict[str, Any] = {
        "durability": of_own_block(),
        "id": [part.pk for part in parts],
        "way_key": [part.way_key for part in parts],
        "way_kind": [str(part.way_kind) for part in parts],
        "way": [json.dumps(part.way) for part in parts],
        "fee_cents": [part.fee_cents for part in parts],
        "starts_at": [part.starts_at for part in parts],
        "ends_at": [part.ends_at for part in parts],
        "note": [part.note for part in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_WAYS, given)


def _follow(part: CheckoutPart, presenter: CheckoutPart) -> None:
    part.way_key, part.way_kind, part.way = presenter.way_key, presenter.way_kind, presenter.way
    part.starts_at, part.ends_at, part.fee_cents = presenter.starts_at, presenter.ends_at, 0
