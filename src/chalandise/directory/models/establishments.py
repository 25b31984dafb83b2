"""The establishment: one place where an organisation works."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.categories import Category
from chalandise.directory.states import Label, Level, ListingState, Service
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter
from chalandise.territories.models import Territory


class EstablishmentQuerySet(models.QuerySet["Establishment"]):
    """Filters that read like speech."""

    def on(self, portal: Portal) -> EstablishmentQuerySet:
        """Keep the establishments that stand in the portal's scope."""
        return self.filter(scope_filter(portal, prefix="commune"))

    def published(self) -> EstablishmentQuerySet:
        """Keep those that visitors may see."""
        return self.filter(status=ListingState.PUBLISHED)

    def of(self, organisation: Organisation) -> EstablishmentQuerySet:
        """Keep those of one organisation."""
        return self.filter(organisation=organisation)

    def with_card(self) -> EstablishmentQuerySet:
        """Fetch in advance what a card shows: category, commune, hours, first photograph."""
        return self.select_related("category", "category__parent", "commune").prefetch_related(
            "hours", "closings", "photos"
        )


class Establishment(models.Model):
    """One place where an organisation works (INSEE *établissement*, schema.org LocalBusiness)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=160)
    sort_key = models.CharField(max_length=200, db_index=True, editable=False)
    siret = models.CharField(_("SIRET"), max_length=14, unique=True, null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="establishments",
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        related_name="establishments",
    )
    activity_code = models.CharField(_("NAF code"), max_length=6, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    complement = models.CharField(_("address complement"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    commune = models.ForeignKey(
        Territory,
        verbose_name=_("commune"),
        on_delete=models.PROTECT,
        related_name="establishments",
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    is_located_by_commune = models.BooleanField(
        default=False, help_text=_("No better position is known than the centre of the commune.")
    )
    phone = models.CharField(_("telephone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail, never shown"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    order_url = models.URLField(_("where to order"), max_length=500, blank=True)
    description = models.TextField(_("presentation"), blank=True)
    services = ArrayField(
        models.CharField(max_length=20, choices=Service.choices), default=list, blank=True
    )
    labels = ArrayField(
        models.CharField(max_length=20, choices=Label.choices), default=list, blank=True
    )
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    status = models.CharField(
        _("state"), max_length=16, choices=ListingState.choices, default=ListingState.PUBLISHED
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Level.choices, default=Level.LISTED
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    services_verified_at = models.DateTimeField(null=True, blank=True)
    hours_verified_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    objects = EstablishmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("establishment")
        verbose_name_plural = _("establishments")
        indexes = [
            models.Index(fields=["commune", "sort_key"], name="directory_by_commune"),
            models.Index(fields=["category", "sort_key"], name="directory_by_category"),
            models.Index(fields=["phone"], name="directory_by_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(siret__regex=r"^\d{14}$"), name="directory_siret_is_14_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="directory_position_is_whole_and_on_earth",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name
