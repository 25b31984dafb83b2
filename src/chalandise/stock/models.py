"""Tables of stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.models import Offer
from chalandise.stock.states import MovementReason, ReservationState


class StockLevel(models.Model):
    """How many of an offer there are, and how many of those are spoken for."""

    offer = models.OneToOneField(
        Offer, primary_key=True, on_delete=models.PROTECT, related_name="stock_level"
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("kept for a while"), default=0)
    allocated = models.IntegerField(_("promised"), default=0)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(on_hand__range=(0, 1_000_000)), name="stock_on_hand_is_a_count"
            ),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0, allocated__gte=0),
                name="stock_nothing_below_zero",
            ),
            models.CheckConstraint(
                condition=models.Q(on_hand__gte=F("reserved") + F("allocated")),
                name="stock_never_oversold",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.offer_id} · {self.on_hand}"


class StockReservation(models.Model):
    """A quantity kept for a holder, until a moment or for good."""

    holder = models.UUIDField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=ReservationState.choices, default=ReservationState.HELD
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    over_since = models.DateTimeField(null=True, blank=True)  # the night that saw it over first

    class Meta:
        verbose_name = _("stock reservation")
        verbose_name_plural = _("stock reservations")
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(state="held"), name="stock_ending_holds"
            ),
            models.Index(
                fields=["offer"],
                condition=models.Q(state="held"),
                name="stock_holds_of_an_offer",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "offer"], name="stock_a_holder_holds_an_offer_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="stock_a_reservation_is_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", expires_at__isnull=False)
                | models.Q(state="firm", expires_at__isnull=True)
                | models.Q(state__in=["released", "consumed"]),
                name="stock_only_a_hold_ends_by_itself",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.quantity} × {self.offer_id} · {self.holder}"


class StockMovement(models.Model):
    """Why what is on hand changed; a trigger lets rows be added and nothing else."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="movements")
    delta = models.IntegerField(_("change"))
    reason = models.CharField(_("reason"), max_length=10, choices=MovementReason.choices)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    moved_by = models.CharField(_("by"), max_length=200, blank=True)
    moved_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [models.Index(fields=["offer", "-moved_at"], name="stock_movements_of_an_offer")]

    @override
    def __str__(self) -> str:
        return f"{self.delta:+d} × {self.offer_id}"
