"""Writes of logistics: ways opened and changed, places in slots held and booked."""

from chalandise.logistics.actions.booking import (
    confirm_slots,
    expire_slot_holds,
    forget_old_slots,
    release_slots,
)
from chalandise.logistics.actions.closings import reopen_after_all, shut_point
from chalandise.logistics.actions.counters import (
    close_point,
    edit_point,
    join_point,
    leave_point,
    open_counter_pickup,
    open_pooled_point,
    reopen_point,
)
from chalandise.logistics.actions.delivery import (
    close_shipping,
    close_zone,
    edit_shipping,
    edit_zone,
    open_shipping,
    open_zone,
)
from chalandise.logistics.actions.holding import hold_slots, move_slots
from chalandise.logistics.actions.keepers import dismiss_keeper, invite_keeper

__all__ = [
    "close_point",
    "close_shipping",
    "close_zone",
    "confirm_slots",
    "dismiss_keeper",
    "edit_point",
    "edit_shipping",
    "edit_zone",
    "expire_slot_holds",
    "forget_old_slots",
    "hold_slots",
    "invite_keeper",
    "join_point",
    "leave_point",
    "move_slots",
    "open_counter_pickup",
    "open_pooled_point",
    "open_shipping",
    "open_zone",
    "release_slots",
    "reopen_after_all",
    "reopen_point",
    "shut_point",
]
