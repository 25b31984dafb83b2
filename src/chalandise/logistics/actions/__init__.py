"""Writes of logistics: ways opened and changed, places in slots held and booked."""

from chalandise.logistics.actions.counters import open_counter_pickup
from chalandise.logistics.actions.holding import (
    confirm_slots,
    expire_slot_holds,
    hold_slots,
    release_slots,
)

__all__ = [
    "confirm_slots",
    "expire_slot_holds",
    "hold_slots",
    "open_counter_pickup",
    "release_slots",
]
