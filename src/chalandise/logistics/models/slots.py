"""Places in slots: how many are taken, and by whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.logistics.models.delivery import DeliveryZone
from chalandise.logistics.models.points import PickupPoint
from chalandise.logistics.states import HoldState


class SlotCount(models.Model):
    """One slot of a way that somebody asked for: how many places it has, how many are taken.

    ``booked`` counts the holds that are not released, expired ones included until swept. It may
    exceed ``capacity`` only where a person lowered the capacity (``is_over_booked``).
    """

    way_key = models.CharField(max_length=30)
    point = models.ForeignKey(
        PickupPoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="counts",
        db_index=False,
    )
    zone = models.ForeignKey(
        DeliveryZone,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="counts",
        db_index=False,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booked = models.PositiveSmallIntegerField(default=0)
    capacity = models.PositiveSmallIntegerField()
    is_over_booked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("places of a slot")
        verbose_name_plural = _("places of slots")
        indexes = [
            models.Index(
                fields=["point"], condition=Q(point__isnull=False), name="logistics_of_a_point"
            ),
            models.Index(
                fields=["zone"], condition=Q(zone__isnull=False), name="logistics_of_a_zone"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["way_key", "starts_at"], name="logistics_a_slot_is_counted_once"
            ),
            models.CheckConstraint(
                condition=Q(booked__lte=F("capacity")) | Q(is_over_booked=True),
                name="logistics_booked_fits_capacity",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="logistics_slot_has_a_length"
            ),
            models.CheckConstraint(
                condition=Q(way_key__startswith="pickup:", point__isnull=False, zone__isnull=True)
                | Q(way_key__startswith="delivery:", point__isnull=True, zone__isnull=False),
                name="logistics_slot_is_of_one_way",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.way_key} {self.starts_at.isoformat()} {self.booked}/{self.capacity}"


class SlotHold(models.Model):
    """A place in a slot, kept for whoever `holder` is; a holder has one."""

    holder = models.UUIDField(unique=True)
    slot = models.ForeignKey(SlotCount, on_delete=models.PROTECT, related_name="holds")
    establishment = models.ForeignKey(
        Establishment, on_delete=models.PROTECT, related_name="slot_holds"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=HoldState.choices, default=HoldState.HELD
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField()

    class Meta:
        verbose_name = _("place held in a slot")
        verbose_name_plural = _("places held in slots")
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state=HoldState.HELD), name="logistics_expiring"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HoldState.HELD, expires_at__isnull=False)
                | ~Q(state=HoldState.HELD),
                name="logistics_a_hold_expires",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.holder} · {self.state}"
