"""Who a sole trader is: written for the tax office only, and erased (CGI 1649 ter A; GDPR, article 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.models import SellerProfile, SoleTrader
from chalandise.catalogue.sellers import is_plausible_birth
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

TEXTS = ("first_name", "last_name", "home_address")


def write_sole_trader(profile: SellerProfile, said: object, *, at: datetime) -> None:
    """Write who trades in their own name; ``None`` erases it: a company sells.

    Raises:
        BadFieldError: a field cannot take its value.
    """
    if said is None:
        SoleTrader.objects.filter(profile=profile).delete()
        return
    if not isinstance(said, Mapping):
        raise BadFieldError("sole_trader", "unknown_value")
    born_on = said.get("born_on")
    if isinstance(born_on, date) and not is_plausible_birth(born_on, today=at.date()):
        raise BadFieldError("born_on", "impossible_birth")
    texts = {name: str(said.get(name) or "").replace("\x00", "").strip() for name in TEXTS}
    trader = SoleTrader(profile=profile, born_on=born_on, **texts)
    try:
        trader.clean_fields(exclude=["profile"])
    except ValidationError as refused:
        field, errors = next(iter(refused.error_dict.items()))
        raise BadFieldError(field, str(errors[0].code or "unknown_value")) from None
    SoleTrader.objects.update_or_create(
        profile=profile, defaults={"born_on": trader.born_on, **texts}
    )


@transaction.atomic
def forget_sole_traders(organisation_ids: Iterable[int], *, by: Actor, at: datetime) -> int:
    """Erase who these sellers are, and return how many were known; the journal says that, not what."""
    known = SoleTrader.objects.filter(profile__organisation__in=list(organisation_ids))
    traders = list(known.select_related("profile__organisation").order_by("pk"))
    for trader in traders:
        record(trader.profile.organisation, "sole_trader_forgotten", by=by, at=at)
    SoleTrader.objects.filter(pk__in=[one.pk for one in traders]).delete()
    return len(traders)
