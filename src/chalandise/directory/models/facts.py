"""Where each fact of a sheet comes from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models.establishments import Establishment
from chalandise.directory.states import SourceKind


class Fact(models.Model):
    """The provenance of one field of one establishment.

    ``field`` is a field of `Establishment`, ``position`` for latitude and longitude,
    ``address`` for street, complement, postal code and commune, or ``hours:<purpose>``.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="facts")
    field = models.CharField(max_length=40)
    source_kind = models.CharField(max_length=16, choices=SourceKind.choices)
    source_label = models.CharField(max_length=160)
    licence = models.CharField(max_length=80, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("provenance")
        verbose_name_plural = _("provenances")
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "field"], name="directory_one_provenance_a_field"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.field} · {self.source_label}"
