"""What the counter says of the word « soldes » outside its seasons: a warning, never a block."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from chalandise.catalogue.models import Product
from chalandise.catalogue.soldes import is_out_of_season, next_season
from chalandise.directory.models import Establishment
from chalandise.web.formatting import calendar_day


def soldes_warning(product: Product, shop: Establishment, *, at: datetime) -> str:
    """Return the warning that a product's words deserve now; blank where none does."""
    names = (one.name for one in product.variants.all())
    here = at.astimezone(ZoneInfo(shop.timezone))
    if not is_out_of_season([product.name, product.description, *names], here):
        return ""
    return soldes_sentence(shop, at=at)


def soldes_sentence(shop: Establishment, *, at: datetime) -> str:
    """Say when the word may be used next, online and in the shop."""
    here = at.astimezone(ZoneInfo(shop.timezone))
    online = next_season(here)
    said = _(
        "The word “soldes” is kept for two seasons a year (article L310-3 of the commercial code). "
        "Online, the next one goes from %(first)s to %(last)s: until then, say “promotion” instead."
    ) % {"first": _day(online.starts_at), "last": calendar_day(online.ends_on, "full")}
    own = next_season(here, departement=shop.commune.departement_code)
    if own.starts_at == online.starts_at:
        return said
    return f"{said} " + _("In your shop itself, from %(first)s to %(last)s.") % {
        "first": _day(own.starts_at),
        "last": calendar_day(own.ends_on, "full"),
    }


def _day(moment: datetime) -> str:
    return calendar_day(moment.date(), "full")
