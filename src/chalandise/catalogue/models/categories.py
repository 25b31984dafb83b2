"""The classification of products."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.states import GoodsKind, VatCode, WithdrawalException
from chalandise.directory.naming import spoken


class ProductCategory(models.Model):
    """A branch or a leaf, with what the law asks of the products filed under it.

    ``requirements`` names what publishing asks for: ``net_quantity``, ``allergens``, ``food_sheet``,
    ``origin``, ``alcohol_degree``, ``minimum_age``, ``manufacturer``, ``publisher``,
    ``publisher_price``, ``fish`` or ``idu:<stream>``.
    """

    key = models.SlugField(_("key"), max_length=60, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(
        _("English name"), max_length=80, blank=True, default="", db_default=""
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("branch"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    icon = models.CharField(_("picture"), max_length=60)
    vat_code = models.CharField(_("VAT"), max_length=16, choices=VatCode.choices)
    requirements = ArrayField(
        models.CharField(max_length=40), verbose_name=_("requirements"), default=list, blank=True
    )
    withdrawal_exception = models.CharField(
        _("exception to withdrawal"), max_length=16, choices=WithdrawalException.choices, blank=True
    )
    goods_kind = models.CharField(
        _("kind of goods"), max_length=8, choices=GoodsKind.choices, default=GoodsKind.GOODS
    )
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), default=0)
    is_alcohol = models.BooleanField(_("alcohol"), default=False)
    is_perishable = models.BooleanField(_("perishable"), default=False)
    is_blocked = models.BooleanField(_("not sold here"), default=False)
    synonyms = ArrayField(
        models.CharField(max_length=60), verbose_name=_("synonyms"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering = ["position", "key"]

    @override
    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """What the reader calls them."""
        return spoken(self.name, self.name_en)
