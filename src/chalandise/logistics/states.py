"""Choices and transition tables of logistics."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions

SLOT_MINUTES = (10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
"""Lengths a slot may have: each divides a day, so that every midnight starts the same grid."""


class PointKind(models.TextChoices):
    """What stands where things are collected."""

    SHOP = "shop", _("the shop’s counter")
    TOWN_HALL = "town_hall", _("town hall")
    MARKET_HALL = "market_hall", _("market hall")
    LOCKER = "locker", _("lockers")
    OTHER = "other", _("other pickup point")


class ZoneKind(models.TextChoices):
    """How a delivery zone is drawn."""

    COMMUNES = "communes", _("communes")
    RADIUS = "radius", _("distance from the shop")
    POLYGON = "polygon", _("drawn on the map")


class WayKind(models.TextChoices):
    """How what was bought reaches its customer."""

    PICKUP = "pickup", _("collect at the shop")
    POINT = "point", _("collect at a pickup point")
    DELIVERY = "delivery", _("delivery at home")
    SHIPPING = "shipping", _("parcel")


class HoldState(models.TextChoices):
    """The life of a place in a slot."""

    HELD = "held", _("held for a moment")
    FIRM = "firm", _("booked")
    RELEASED = "released", _("given back")


HOLD_TRANSITIONS = Transitions.of(
    {
        HoldState.HELD: {HoldState.FIRM, HoldState.RELEASED},
        HoldState.FIRM: {HoldState.RELEASED},
        HoldState.RELEASED: {HoldState.HELD, HoldState.FIRM},
    }
)
