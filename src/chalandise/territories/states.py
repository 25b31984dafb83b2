"""Kinds of territory, and the ways in which a commune stopped being one."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a territory is; the stored value is the first half of its key."""

    REGION = "region", _("Region")
    DEPARTEMENT = "departement", _("Département")
    EPCI = "epci", _("Intercommunality")
    COMMUNE = "commune", _("Commune")
    ARRONDISSEMENT = "arrondissement", _("Municipal arrondissement")

    def key(self, code: str) -> str:
        """Return the key of the territory of this kind that bears ``code``."""
        return f"{self.value}-{code}"


class Nature(TextChoices):
    """Why a code or a name no longer designates a commune of its own."""

    DELEGATED = "delegated", _("Delegated commune")
    ASSOCIATED = "associated", _("Associated commune")
    MERGED = "merged", _("Merged commune")
