"""Tables of selections."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal


class Selection(models.Model):
    """Establishments that a portal puts forward under a title, for a while."""

    portal = models.ForeignKey(
        Portal, verbose_name=_("portal"), on_delete=models.CASCADE, related_name="selections"
    )
    title = models.CharField(_("title"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80)
    introduction = models.TextField(_("introduction"), max_length=600, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_published = models.BooleanField(_("published"), default=True)
    created_at = models.DateTimeField(default=timezone.now)
    establishments = models.ManyToManyField(
        Establishment, through="SelectionItem", related_name="selections"
    )

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["portal", "slug"], name="editorial_one_selection_an_address"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title


class SelectionItem(models.Model):
    """One establishment of a selection, with the reason for its place there."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="items")
    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="selection_items"
    )
    note = models.CharField(_("note"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("selected establishment")
        verbose_name_plural = _("selected establishments")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["selection", "establishment"], name="editorial_selected_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.selection} · {self.establishment}"
