"""The public classification of establishments."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.naming import spoken


class CategoryQuerySet(models.QuerySet["Category"]):
    """Filters that read like speech."""

    def proposed(self) -> Self:
        """Leave out what an operator retired."""
        return self.filter(retired_at=None)

    def choosable(self, kept: str | None = None) -> Self:
        """Keep what a shop may be filed under: proposed leaves, and ``kept``, where it is now."""
        is_choosable = models.Q(children__isnull=True, retired_at=None)
        return self.filter(is_choosable | models.Q(pk=kept)) if kept else self.filter(is_choosable)


class Category(models.Model):
    """A branch or a leaf of our classification, mapped from NAF codes and OSM tags."""

    key = models.SlugField(_("key"), max_length=60, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    plural = models.CharField(_("plural"), max_length=80, blank=True)
    name_en = models.CharField(
        _("English name"), max_length=80, blank=True, default="", db_default=""
    )
    plural_en = models.CharField(
        _("English plural"), max_length=80, blank=True, default="", db_default=""
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("branch"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    icon = models.CharField(_("picture"), max_length=60)
    tint = models.CharField(_("tint"), max_length=7)
    synonyms = ArrayField(
        models.CharField(max_length=60), verbose_name=_("synonyms"), default=list, blank=True
    )
    synonyms_en = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("English synonyms"),
        default=list,
        db_default=[],
        blank=True,
    )
    naf_codes = ArrayField(
        models.CharField(max_length=6), verbose_name=_("NAF codes"), default=list, blank=True
    )
    osm_tags = ArrayField(
        models.CharField(max_length=80), verbose_name=_("OSM tags"), default=list, blank=True
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_custom = models.BooleanField(
        _("edited here"),
        default=False,
        help_text=_("An edited category is no longer changed by updates of the platform."),
    )

    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("replaced by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(successor=None) | models.Q(retired_at__isnull=False),
                name="directory_only_what_is_retired_is_replaced",
            ),
            models.CheckConstraint(
                condition=~models.Q(successor=models.F("key")),
                name="directory_no_category_replaces_itself",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What the reader calls one of them."""
        return spoken(self.name, self.name_en)

    @property
    def shown_plural(self) -> str:
        """What the reader calls several of them."""
        return spoken(self.plural or self.name, self.plural_en or self.name_en)
