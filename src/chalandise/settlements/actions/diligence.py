"""Due diligence on sellers (CGI, art. 1649 ter A to D; directive (EU) 2021/514, annex V, IV A 2).

What the yearly declaration must say and a seller has not said is asked for, twice recalled, and then,
not before sixty days, the operator takes no new order for that seller until it is said. Money is never
kept: customers pay straight into the merchant's own account (docs/decisions/0012).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from chalandise.catalogue.actions.sellers import hold_seller, release_seller
from chalandise.catalogue.actions.sole_traders import forget_sole_traders
from chalandise.journal.actions import emit, move, record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.settlements.events import DiligenceMoved, YearTold
from chalandise.settlements.models import DueDiligence
from chalandise.settlements.queries.dac7 import (
    declared_of,
    organisations_that_sold,
    people_to_forget,
    seller_of,
    sellers_to_check,
)
from chalandise.settlements.queries.locking import lock_diligence
from chalandise.settlements.states import DILIGENCE_TRANSITIONS, DiligenceState
from chalandise.settlements.tax.dac7 import missing_of

BY = Actor.system("dac7")
REASON = "dac7"
NEXT = {
    DiligenceState.ASKED: (DiligenceState.REMINDED, timedelta(days=20)),
    DiligenceState.REMINDED: (DiligenceState.REMINDED_AGAIN, timedelta(days=40)),
    DiligenceState.REMINDED_AGAIN: (DiligenceState.HELD, timedelta(days=60)),
}
"""What follows a state, and how long after the first request."""


def check_sellers(*, at: datetime) -> int:
    """Look at every seller, each in a transaction of its own; return of how many something moved."""
    return sum(check_seller(organisation, at=at) for organisation in sellers_to_check())


@transaction.atomic
def check_seller(organisation: Organisation, *, at: datetime) -> bool:
    """Ask, recall, hold or let go, whichever is due; tell whether anything moved."""
    missing = list(missing_of(*declared_of(organisation)))
    held = lock_diligence(organisation.pk)
    if held is None:
        return bool(missing) and _ask(organisation, missing, at=at)
    if not missing:
        return held.state != DiligenceState.GIVEN and _step(held, DiligenceState.GIVEN, at=at)
    if held.missing != missing:
        held.missing = missing
        held.save(update_fields=["missing"])
    if held.state == DiligenceState.GIVEN:
        held.asked_at = at
        held.save(update_fields=["asked_at"])
        return _step(held, DiligenceState.ASKED, at=at)
    to, after = NEXT.get(DiligenceState(held.state), (DiligenceState.HELD, timedelta.max))
    return at - held.asked_at >= after and _step(held, to, at=at)


def tell_sellers_of_year(*, year: int, at: datetime) -> int:
    """Announce their year to the sellers who are declared (art. 1649 ter D, II); return how many."""
    told = 0
    organisations = Organisation.objects.in_bulk(organisations_that_sold(year=year))
    for pk, organisation in sorted(organisations.items()):
        if seller_of(organisation, year=year).is_declared:
            emit(YearTold(pk, year), at=at)
            told += 1
    return told


def forget_people(*, at: datetime) -> int:
    """Erase who sole traders are, once no declaration can ask for it; return of how many."""
    return forget_sole_traders(people_to_forget(at=at), by=BY, at=at)


def _ask(organisation: Organisation, missing: list[str], *, at: datetime) -> bool:
    made, is_new = DueDiligence.objects.get_or_create(
        organisation=organisation, defaults={"missing": missing, "asked_at": at, "moved_at": at}
    )
    if is_new:
        record(made, "asked", by=BY, at=at, detail={"missing": missing})
        emit(DiligenceMoved(organisation.pk, made.state), at=at)
    return is_new


def _step(held: DueDiligence, to: DiligenceState, *, at: datetime) -> bool:
    move(held, to, table=DILIGENCE_TRANSITIONS, by=BY, at=at)
    held.moved_at = at
    if to == DiligenceState.GIVEN:
        held.missing = []
        release_seller(held.organisation, reason=REASON, by=BY, at=at)
    elif to == DiligenceState.HELD:
        hold_seller(held.organisation, reason=REASON, by=BY, at=at)
    held.save(update_fields=["moved_at", "missing"])
    emit(DiligenceMoved(held.organisation_id, to), at=at)
    return True
