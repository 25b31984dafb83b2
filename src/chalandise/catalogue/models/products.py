"""Products, their variants and their photographs."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.durability import GUARANTEE
from chalandise.catalogue.models.categories import ProductCategory
from chalandise.catalogue.states import (
    Allergen,
    NetUnit,
    ProductKind,
    ProductLabel,
    ProductState,
    WithdrawalException,
)
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter


class ProductQuerySet(models.QuerySet["Product"]):
    """Filters that read like speech."""

    def on(self, portal: Portal) -> ProductQuerySet:
        """Keep what is sold by establishments of the portal's scope."""
        return self.filter(scope_filter(portal, prefix="establishment__commune"))

    def published(self) -> ProductQuerySet:
        """Keep what customers see: on the shelf of an establishment that is shown."""
        return self.filter(
            state=ProductState.PUBLISHED,
            establishment__status=ListingState.PUBLISHED,
        )

    def of(self, organisation: Organisation) -> ProductQuerySet:
        """Keep what the establishments of one organisation sell."""
        return self.filter(establishment__organisation=organisation)

    def at(self, establishment: Establishment) -> ProductQuerySet:
        """Keep the shelf of one establishment."""
        return self.filter(establishment=establishment)

    def under(self, category_key: str) -> ProductQuerySet:
        """Keep a category, or the leaves of a branch."""
        return self.filter(
            models.Q(category_id=category_key) | models.Q(category__parent_id=category_key)
        )


class Product(models.Model):
    """What is sold: one page, one story, one set of facts that the law asks for.

    ``allergens`` is null while nobody has said anything and empty when there are none.
    ``food_sheet``, ``safety`` and ``epr_ids`` are mappings of text to text whose keys
    `chalandise.catalogue.sheets` names, ``durability`` one whose keys `catalogue.durability` names.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    establishment = models.ForeignKey(
        Establishment,
        verbose_name=_("establishment"),
        on_delete=models.PROTECT,
        related_name="products",
    )
    category = models.ForeignKey(
        ProductCategory,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        related_name="products",
    )
    name = models.CharField(_("name"), max_length=160)
    sort_key = models.CharField(max_length=200, editable=False)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=8, choices=ProductKind.choices, default=ProductKind.SIMPLE
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ProductState.choices, default=ProductState.DRAFT
    )
    origin = models.CharField(_("origin"), max_length=120, blank=True)
    is_made_here = models.BooleanField(_("made here"), default=False)
    labels = ArrayField(
        models.CharField(max_length=16, choices=ProductLabel.choices), default=list, blank=True
    )
    season_months = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    allergens = ArrayField(
        models.CharField(max_length=12, choices=Allergen.choices), null=True, blank=True
    )
    food_sheet = models.JSONField(default=dict, blank=True)
    safety = models.JSONField(default=dict, blank=True)
    epr_ids = models.JSONField(default=dict, blank=True)
    durability = models.JSONField(default=dict, blank=True, db_default={})
    alcohol_degree = models.DecimalField(
        _("alcohol by volume"), max_digits=3, decimal_places=1, null=True, blank=True
    )
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), default=0)
    is_perishable = models.BooleanField(_("perishable"), default=False)
    withdrawal_exception = models.CharField(
        _("exception to withdrawal"), max_length=16, choices=WithdrawalException.choices, blank=True
    )
    import_key = models.CharField(max_length=120, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["establishment", "state", "sort_key"], name="catalogue_shelf"),
            models.Index(fields=["category", "state", "sort_key"], name="catalogue_by_category"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "import_key"],
                condition=~models.Q(import_key=""),
                name="catalogue_an_imported_row_once",
            ),
            models.CheckConstraint(
                condition=models.Q(alcohol_degree__isnull=True)
                | models.Q(alcohol_degree__range=(0, 99)),
                name="catalogue_alcohol_is_a_degree",
            ),
            models.CheckConstraint(
                condition=models.Q(season_months__contained_by=list(range(1, 13))),
                name="catalogue_months_of_the_year",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_age__lte=21), name="catalogue_minimum_age_is_an_age"
            ),
            models.CheckConstraint(
                condition=models.Q(durability__has_keys=list(GUARANTEE))
                | ~models.Q(durability__has_any_keys=list(GUARANTEE)),
                name="catalogue_a_guarantee_has_years_and_a_producer",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """One form of a product that can be sold; a product without choices has a single nameless one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(_("name"), max_length=120, blank=True)
    gtin = models.CharField(_("bar code"), max_length=14, blank=True)
    sku = models.CharField(_("reference"), max_length=60, blank=True)
    net_quantity = models.DecimalField(
        _("net quantity"), max_digits=9, decimal_places=3, null=True, blank=True
    )
    net_unit = models.CharField(_("unit"), max_length=6, choices=NetUnit.choices, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight (g)"), default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "name"], name="catalogue_a_variant_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(net_quantity__isnull=True, net_unit="")
                | (
                    models.Q(net_quantity__isnull=False, net_quantity__gt=0)
                    & ~models.Q(net_unit="")
                ),
                name="catalogue_net_quantity_has_its_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex=r"^\d{8}(\d{4,6})?$"),
                name="catalogue_gtin_is_digits",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.product} · {self.name}" if self.name else str(self.product)


class ProductPhoto(models.Model):
    """A photograph that was decoded, turned upright, re-encoded and freed of metadata.

    ``name`` is the random base of the files, as `chalandise.directory.models.Photo` says.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="photos")
    name = models.CharField(max_length=64, unique=True)
    alt = models.CharField(_("description of the picture"), max_length=200, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("photograph of a product")
        verbose_name_plural = _("photographs of products")
        ordering = ["position", "id"]

    @override
    def __str__(self) -> str:
        return self.alt or self.name
