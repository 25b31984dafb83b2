"""Photographs of an establishment."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.establishments import Establishment


class Photo(models.Model):
    """A photograph that was decoded, turned upright, re-encoded and freed of metadata.

    ``name`` is the random base of the files ``<name>-480`` and ``<name>-960``, each ``.avif`` and
    ``.webp``, and ``<name>-1600.jpg`` in the media storage.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="photos"
    )
    name = models.CharField(max_length=64, unique=True)
    alternative_text = models.CharField(_("description of the picture"), max_length=200, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering = ["position", "id"]

    @override
    def __str__(self) -> str:
        return self.alternative_text or self.name
