"""Reads of logistics: ways, places, what is left, what is brought."""

from chalandise.logistics.queries.desk import (
    Parcel,
    ShopWays,
    Transfer,
    over_booked,
    points_to_join,
    pooled_points,
    transfers_for,
    ways_to_edit,
)
from chalandise.logistics.queries.ways import days_of, slots_of, ways_of, who_brings

__all__ = [
    "Parcel",
    "ShopWays",
    "Transfer",
    "days_of",
    "over_booked",
    "points_to_join",
    "pooled_points",
    "slots_of",
    "transfers_for",
    "ways_of",
    "ways_to_edit",
    "who_brings",
]
