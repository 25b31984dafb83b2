"""Tables of logistics, one file per subject."""

from chalandise.logistics.models.closings import PointClosing
from chalandise.logistics.models.delivery import DeliveryWindow, DeliveryZone, ShippingRate
from chalandise.logistics.models.keepers import PointKeeper
from chalandise.logistics.models.points import PickupPoint, PointService
from chalandise.logistics.models.slots import SlotCount, SlotHold

__all__ = [
    "DeliveryWindow",
    "DeliveryZone",
    "PickupPoint",
    "PointClosing",
    "PointKeeper",
    "PointService",
    "ShippingRate",
    "SlotCount",
    "SlotHold",
]
