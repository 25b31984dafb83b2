"""Choices and transition tables of stock."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class ReservationState(models.TextChoices):
    """The life of a quantity kept for a holder."""

    HELD = "held", _("kept for a while")
    FIRM = "firm", _("promised")
    RELEASED = "released", _("given back")
    CONSUMED = "consumed", _("handed over")


STOCK_RESERVATION_TRANSITIONS = Transitions.of(
    {
        ReservationState.HELD: {
            ReservationState.FIRM,
            ReservationState.RELEASED,
            ReservationState.CONSUMED,
        },
        ReservationState.FIRM: {ReservationState.RELEASED, ReservationState.CONSUMED},
        # Money that comes after a hold was lost takes what is still there (fault 9).
        ReservationState.RELEASED: {ReservationState.HELD, ReservationState.FIRM},
        ReservationState.CONSUMED: set(),
    }
)


class MovementReason(models.TextChoices):
    """Why what is on hand changed."""

    COUNT = "count", _("count")
    DELIVERY = "delivery", _("delivery received")
    SHOP_SALE = "shop_sale", _("sale in the shop")
    ORDER = "order", _("handed over")
    RETURN = "return", _("return")
    LOSS = "loss", _("broken, lost or out of date")
    IMPORT = "import", _("import")
