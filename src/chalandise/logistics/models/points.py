"""Where things are collected."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.logistics.states import SLOT_MINUTES, PointKind
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter
from chalandise.territories.models import Territory


class PickupPointQuerySet(models.QuerySet["PickupPoint"]):
    """Filters that read like speech."""

    def on(self, portal: Portal) -> PickupPointQuerySet:
        """Keep the pooled points that stand in the portal's scope."""
        return self.filter(scope_filter(portal, prefix="commune"), establishment=None)

    def active(self) -> PickupPointQuerySet:
        """Keep those where something can be collected."""
        return self.filter(is_active=True)


class PickupPoint(models.Model):
    """A counter: a shop's own, or one that several merchants share.

    A shop's own counter takes name, place, hours and closings from the directory; ``hours`` may
    narrow them. A pooled point has its own. ``cutoff`` is a wall time: what is ordered at or after
    it counts from the next day.
    """

    portal = models.ForeignKey(
        Portal, null=True, blank=True, on_delete=models.PROTECT, related_name="pickup_points"
    )
    establishment = models.OneToOneField(
        Establishment, null=True, blank=True, on_delete=models.CASCADE, related_name="counter_point"
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=PointKind.choices, default=PointKind.SHOP
    )
    name = models.CharField(_("name"), max_length=160, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    commune = models.ForeignKey(
        Territory,
        verbose_name=_("commune"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pickup_points",
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    hours = models.CharField(_("hours"), max_length=1000, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes a slot"), choices=[(n, str(n)) for n in SLOT_MINUTES], default=30
    )
    capacity = models.PositiveSmallIntegerField(_("orders a slot"), default=4)
    lead_minutes = models.PositiveIntegerField(_("minutes to get ready"), default=60)
    cutoff = models.TimeField(_("ordered after, ready from the next day"), null=True, blank=True)
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"), default=14)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PickupPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("pickup point")
        verbose_name_plural = _("pickup points")
        constraints = [
            models.CheckConstraint(
                condition=Q(portal__isnull=True, establishment__isnull=False, kind=PointKind.SHOP)
                | (
                    Q(portal__isnull=False, establishment__isnull=True, commune__isnull=False)
                    & ~Q(kind=PointKind.SHOP)
                    & ~Q(name="")
                    & ~Q(hours="")
                ),
                name="logistics_point_is_a_shops_or_a_portals",
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__in=SLOT_MINUTES), name="logistics_slots_divide_a_day"
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__range=(1, 90)), name="logistics_point_looks_ahead"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="logistics_point_position_is_whole",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"

    @property
    def way_key(self) -> str:
        """Key of the way that ends here."""
        return f"pickup:{self.pk}"


class PointService(models.Model):
    """A merchant brings to a pooled point, on some days, by a time.

    ``weekdays`` counts from Monday as 0; empty means every day.
    """

    point = models.ForeignKey(PickupPoint, on_delete=models.CASCADE, related_name="services")
    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="point_services"
    )
    bring_by = models.TimeField(_("brought by"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("on these days"),
        default=list,
        blank=True,
    )
    lead_minutes = models.PositiveIntegerField(_("minutes to get ready"), default=60)
    fee_cents = models.PositiveIntegerField(_("fee in cents"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("merchant at a pickup point")
        verbose_name_plural = _("merchants at pickup points")
        constraints = [
            models.UniqueConstraint(
                fields=["point", "establishment"], name="logistics_a_merchant_joins_once"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="logistics_bringing_days_are_weekdays",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.establishment} → {self.point}"
