"""Choices and transition tables of ordering."""

from __future__ import annotations

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class ReservationState(models.TextChoices):
    """The life of a reservation request."""

    REQUESTED = "requested", _("waiting for the merchant")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    READY = "ready", _("put aside")
    COLLECTED = "collected", _("collected")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


RESERVATION_TRANSITIONS = Transitions.of(
    {
        ReservationState.REQUESTED: {
            ReservationState.ACCEPTED,
            ReservationState.DECLINED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.ACCEPTED: {
            ReservationState.READY,
            ReservationState.DECLINED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.READY: {
            ReservationState.COLLECTED,
            ReservationState.CANCELLED,
            ReservationState.EXPIRED,
        },
        ReservationState.DECLINED: set(),
        ReservationState.COLLECTED: set(),
        ReservationState.CANCELLED: set(),
        ReservationState.EXPIRED: set(),
    }
)


class WayKind(models.TextChoices):
    """How a customer gets what was ordered."""

    PICKUP = "pickup", _("collected at the shop")
    POINT = "point", _("collected at a pickup point")
    DELIVERY = "delivery", _("delivered by the merchant")
    SHIPPING = "shipping", _("sent by post")


class Pays(models.TextChoices):
    """When the customer pays a merchant order."""

    ONLINE = "online", _("online")
    ON_COLLECTION = "on_collection", _("on collection")


class OrderSource(models.TextChoices):
    """Through which door an order came."""

    WEB = "web", _("on the site")
    PHONE = "phone", _("by telephone")
    SHOP = "shop", _("in the shop")


class ChangeKind(models.TextChoices):
    """What may become of an order line."""

    MISSING = "missing", _("missing")
    REPLACED = "replaced", _("replaced")
    WEIGHED = "weighed", _("weighed")
    WITHDRAWN = "withdrawn", _("given back")
    GESTURE = "gesture", _("a gesture of the merchant")


class MerchantOrderState(models.TextChoices):
    """The life of a merchant order; preparing and handing over belong to its fulfilment."""

    AWAITING_PAYMENT = "awaiting_payment", _("payment awaited")
    PLACED = "placed", _("placed")
    ACCEPTED = "accepted", _("accepted")
    COMPLETED = "completed", _("received")
    DECLINED = "declined", _("declined by the merchant")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("never paid")
    UNCOLLECTED = "uncollected", _("never collected")


MERCHANT_ORDER_TRANSITIONS = Transitions.of(
    {
        MerchantOrderState.AWAITING_PAYMENT: {
            MerchantOrderState.PLACED,
            MerchantOrderState.CANCELLED,
            MerchantOrderState.EXPIRED,
        },
        MerchantOrderState.PLACED: {
            MerchantOrderState.ACCEPTED,
            MerchantOrderState.DECLINED,
            MerchantOrderState.CANCELLED,
        },
        MerchantOrderState.ACCEPTED: {
            MerchantOrderState.COMPLETED,
            MerchantOrderState.DECLINED,
            MerchantOrderState.CANCELLED,
            MerchantOrderState.UNCOLLECTED,
        },
        # money may arrive after the hold ran out: kept if goods remain, else given back (fault 9)
        MerchantOrderState.EXPIRED: {MerchantOrderState.PLACED},
        MerchantOrderState.COMPLETED: set(),
        MerchantOrderState.DECLINED: set(),
        MerchantOrderState.CANCELLED: set(),
        MerchantOrderState.UNCOLLECTED: set(),
    }
)


class Goods(Enum):
    """What becomes of goods that their customer does not get."""

    SELLABLE = "sellable"  # back on the shelf
    LOST = "lost"  # nobody can sell them any more
    BY_KIND = "by_kind"  # nobody looked: what perishes or was cut is lost, what keeps is sold again


class Leaving(Enum):
    """Why an account cannot be closed yet."""

    ORDERS = "orders"  # something ordered is under way
    RESERVATIONS = "reservations"  # something is put aside, or asked for
    SHOP = "shop"  # nobody else looks after a shop
    STAFF = "staff"  # a role in a portal is given and taken by its administrators


class WithdrawalState(models.TextChoices):
    """The life of a withdrawal: the refund clock runs from its confirmation."""

    CONFIRMED = "confirmed", _("confirmed")
    CONTESTED = "contested", _("contested by the merchant")
    RETURNED = "returned", _("goods came back")
    REFUNDED = "refunded", _("refunded")


WITHDRAWAL_TRANSITIONS = Transitions.of(
    {
        WithdrawalState.CONFIRMED: {
            WithdrawalState.CONTESTED,
            WithdrawalState.RETURNED,
            WithdrawalState.REFUNDED,
        },
        WithdrawalState.CONTESTED: {WithdrawalState.RETURNED, WithdrawalState.REFUNDED},
        WithdrawalState.RETURNED: {WithdrawalState.REFUNDED},
        WithdrawalState.REFUNDED: set(),
    }
)
