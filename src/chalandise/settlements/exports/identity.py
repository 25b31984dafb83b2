"""What is known of a merchant as a seller, for themselves (GDPR, articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Model
from django.utils.translation import pgettext

from chalandise.catalogue.models import SellerProfile, SoleTrader
from chalandise.organisations.models import Organisation
from chalandise.settlements.exports.tables import Table, day

OURS = {"id", "organisation", "profile", "set_aside", "held_at", "held_for", "updated_at"}
ELSEWHERE = {"terms_html", "terms_version", "terms_changed_at", "epr_ids", "is_selling"}
"""What the merchant reads as a whole on the page of their terms and at « Vendre en ligne »."""


def identity_table(organisation: Organisation) -> Table:
    """Return who sells, a row each thing said, with what only the tax office gets; one query."""
    profiles = SellerProfile.objects.select_related("sole_trader")
    profile = profiles.filter(organisation=organisation).first()
    trader: SoleTrader | None = getattr(profile, "sole_trader", None)
    rows = [row for said in (profile, trader) if said is not None for row in _rows(said)]
    heading = (pgettext("export", "What"), pgettext("export", "As you said it"))
    return Table("vendeur", heading, tuple(rows))


def _rows(said: Model) -> Iterator[tuple[str, str]]:
    for field in said._meta.concrete_fields:
        value = getattr(said, field.attname)
        if value and field.name not in OURS | ELSEWHERE:
            yield str(field.verbose_name), _words(said, field.name, value)


def _words(said: Model, name: str, value: object) -> str:
    if isinstance(value, date):
        return day(value)
    if value is True:
        return pgettext("export", "yes")
    in_words = getattr(said, f"get_{name}_display", None)
    return str(in_words() if in_words else value)
