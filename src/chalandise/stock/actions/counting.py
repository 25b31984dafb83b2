"""What is on hand: counted, delivered, sold in the shop, brought back, lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalandise.catalogue.actions import begin_counting, set_keeps_stock
from chalandise.catalogue.models import Offer
from chalandise.catalogue.quantities import require_quantity
from chalandise.journal.states import Actor
from chalandise.stock.errors import BelowBookedError
from chalandise.stock.joining import one_transaction
from chalandise.stock.keeping import Keeping
from chalandise.stock.models import StockLevel
from chalandise.stock.states import MovementReason

MOST_ON_HAND = 1_000_000


def keep_stock(
    offer: Offer,
    on_hand: int,
    *,
    by: Actor,
    at: datetime,
    reason: MovementReason = MovementReason.COUNT,
) -> None:
    """Begin to count an offer, with what is there.

    Raises:
        BadQuantityError: not a count; nothing is changed.
        BelowBookedError: more is promised from an earlier time; nothing is changed.
    """
    require_quantity(on_hand, least=0, most=MOST_ON_HAND)
    with one_transaction():
        StockLevel.objects.bulk_create([StockLevel(offer=offer)], ignore_conflicts=True)
        _set(offer, on_hand, reason=reason, by=by, at=at)
        set_keeps_stock(offer, keeps_stock=True, by=by, at=at)


def stop_keeping_stock(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Count an offer no more: it sells without limit; what was promised stays written."""
    set_keeps_stock(offer, keeps_stock=False, by=by, at=at)


def count_stock(
    offer: Offer,
    on_hand: int,
    *,
    by: Actor,
    at: datetime,
    reason: MovementReason = MovementReason.COUNT,
) -> None:
    """Write what a person counted on the shelf, what is put aside for customers included.

    Raises:
        BadQuantityError: not a count; nothing is changed.
        BelowBookedError: more than that is promised (fault 4); nothing is changed.
    """
    require_quantity(on_hand, least=0, most=MOST_ON_HAND)
    if not offer.keeps_stock:
        keep_stock(offer, on_hand, by=by, at=at, reason=reason)
        return
    with one_transaction():
        _set(offer, on_hand, reason=reason, by=by, at=at)


def count_many(
    counts: Mapping[int, int],
    *,
    by: Actor,
    at: datetime,
    reason: MovementReason = MovementReason.IMPORT,
) -> dict[int, int]:
    """Write many counts at once, in a number of statements that does not grow.

    Returns:
        What could not be, by offer: how many are promised where fewer were counted. Those levels
        stay as they were.

    Raises:
        BadQuantityError: not a count; nothing is changed.
    """
    for on_hand in counts.values():
        require_quantity(on_hand, least=0, most=MOST_ON_HAND)
    below: dict[int, int] = {}
    with one_transaction():
        levels = [StockLevel(offer_id=offer_id) for offer_id in sorted(counts)]
        StockLevel.objects.bulk_create(levels, ignore_conflicts=True, batch_size=1000)
        keeping = Keeping(counts, at=at)
        for offer_id, on_hand in counts.items():
            level = keeping.levels[offer_id]
            booked = level.reserved + level.allocated
            if on_hand < booked:
                below[offer_id] = booked
                continue
            keeping.move(offer_id, on_hand - level.on_hand, reason, by=by)
        keeping.save()
        begin_counting(counts, by=by, at=at)
    return below


def receive_stock(
    offer: Offer, quantity: int, *, by: Actor, at: datetime, reference: str = ""
) -> None:
    """Add what a supplier brought or the oven gave."""
    _change(offer, quantity, MovementReason.DELIVERY, by=by, at=at, reference=reference)


def return_stock(
    offer: Offer, quantity: int, *, by: Actor, at: datetime, reference: str = ""
) -> None:
    """Add what a customer brought back."""
    _change(offer, quantity, MovementReason.RETURN, by=by, at=at, reference=reference)


def sell_in_shop(offer: Offer, quantity: int = 1, *, by: Actor, at: datetime) -> None:
    """Take what was sold over the counter: two taps.

    Raises:
        BelowBookedError: what remains is promised to customers (fault 4); nothing is changed.
    """
    _change(offer, -require_quantity(quantity), MovementReason.SHOP_SALE, by=by, at=at)


def write_off(offer: Offer, quantity: int, *, by: Actor, at: datetime, reference: str = "") -> None:
    """Take what was broken, lost or out of date.

    Raises:
        BelowBookedError: what remains is promised to customers; nothing is changed.
    """
    taken = -require_quantity(quantity, most=MOST_ON_HAND)
    _change(offer, taken, MovementReason.LOSS, by=by, at=at, reference=reference)


def _change(
    offer: Offer,
    delta: int,
    reason: MovementReason,
    *,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> None:
    require_quantity(abs(delta), most=MOST_ON_HAND)
    with one_transaction():
        keeping = Keeping([offer.pk], at=at)
        if offer.pk not in keeping.levels:
            return  # nobody counts this offer
        keeping.move(offer.pk, delta, reason, by=by, reference=reference)
        _require_enough(keeping, offer.pk)
        keeping.save()


def _set(offer: Offer, on_hand: int, *, reason: MovementReason, by: Actor, at: datetime) -> None:
    keeping = Keeping([offer.pk], at=at)
    delta = on_hand - keeping.levels[offer.pk].on_hand
    keeping.move(offer.pk, delta, reason, by=by)
    _require_enough(keeping, offer.pk)
    keeping.save()


def _require_enough(keeping: Keeping, offer_id: int) -> None:
    level = keeping.levels[offer_id]
    booked = level.reserved + level.allocated
    if level.on_hand < booked:
        raise BelowBookedError(offer_id, booked=booked, wanted=level.on_hand)
