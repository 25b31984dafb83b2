"""Where things are brought or sent, when, and for how much."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.logistics.states import ZoneKind


class DeliveryZone(models.Model):
    """Where a shop brings, drawn in one of three ways, and what that costs.

    ``rate`` is validated by `logistics.rates.read_rate`. A zone without windows needs no slot: the
    merchant and the customer agree on a time.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="delivery_zones"
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("drawn by"), max_length=10, choices=ZoneKind.choices)
    commune_keys = ArrayField(
        models.CharField(max_length=40), verbose_name=_("communes"), default=list, blank=True
    )
    radius_metres = models.PositiveIntegerField(_("distance in metres"), null=True, blank=True)
    polygon = models.JSONField(_("outline (GeoJSON polygon)"), null=True, blank=True)
    rate = models.JSONField(_("rate"))
    minimum_order_cents = models.PositiveIntegerField(_("least order in cents"), default=0)
    lead_minutes = models.PositiveIntegerField(_("minutes to get ready"), default=120)
    cutoff = models.TimeField(_("ordered after, ready from the next day"), null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"), default=14)
    works_on_holidays = models.BooleanField(_("on public holidays too"), default=False)
    is_by_bicycle = models.BooleanField(_("by bicycle or on foot"), default=False, db_default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("delivery zone")
        verbose_name_plural = _("delivery zones")
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=ZoneKind.COMMUNES) & ~Q(commune_keys=[]))
                | Q(kind=ZoneKind.RADIUS, radius_metres__gt=0)
                | Q(kind=ZoneKind.POLYGON, polygon__isnull=False),
                name="logistics_zone_is_drawn",
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__range=(1, 90)), name="logistics_zone_looks_ahead"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def way_key(self) -> str:
        """Key of the way into this zone."""
        return f"delivery:{self.pk}"


class DeliveryWindow(models.Model):
    """A round made every week: a weekday (Monday is 0), wall times, a number of orders."""

    zone = models.ForeignKey(DeliveryZone, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    capacity = models.PositiveSmallIntegerField(_("orders a round"))

    class Meta:
        verbose_name = _("delivery round")
        verbose_name_plural = _("delivery rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "weekday", "starts"], name="logistics_a_round_starts_once"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, ends__gt=F("starts")),
                name="logistics_round_ends_after_it_starts",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.weekday} {self.starts:%H:%M}–{self.ends:%H:%M}"


class ShippingRate(models.Model):
    """What a parcel costs, one price or by weight; ``rate`` is validated by `logistics.rates`."""

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="shipping_rates"
    )
    name = models.CharField(_("name"), max_length=80)
    rate = models.JSONField(_("rate"))
    is_mainland_only = models.BooleanField(_("mainland France only"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def way_key(self) -> str:
        """Key of the way by this carrier."""
        return f"shipping:{self.pk}"
