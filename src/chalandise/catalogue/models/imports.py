"""What is remembered of a merchant's own files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment


class ImportMapping(models.Model):
    """Which column says what, for one establishment and one row of headings.

    ``header_digest`` names the headings, so that the same kind of file is read the same way again;
    ``columns`` maps our fields to the position of a column.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="import_mappings"
    )
    header_digest = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "header_digest"], name="catalogue_a_mapping_a_header"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.establishment} · {self.header_digest[:8]}"
