"""Telling sellers without VAT that they come near to having to collect it (CGI, art. 293 B)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from chalandise.journal.actions import emit
from chalandise.settlements.events import ThresholdNeared
from chalandise.settlements.models import ThresholdNotice
from chalandise.settlements.queries.franchise import (
    sellers_under_franchise,
    shops_of,
    turnovers_of,
)
from chalandise.settlements.tax.franchise import Nearness, Step, nearness_of


def warn_of_thresholds(*, at: datetime) -> int:
    """Note and announce every step that was reached, each once a year; return how many."""
    sellers = sellers_under_franchise()
    shops = shops_of(sellers)
    days = {pk: at.astimezone(ZoneInfo(shop.timezone)).date() for pk, shop in shops.items()}
    sold = {year: turnovers_of(sellers, year=year) for year in {day.year for day in days.values()}}
    told = 0
    for pk, shop in sorted(shops.items()):
        turnover = sold[days[pk].year].get(pk)
        if turnover is None:
            continue
        place = shop.commune.departement_code
        for one in nearness_of(turnover, departement=place, on=days[pk]):
            told += _note(pk, days[pk].year, one, at=at)
    return told


@transaction.atomic
def _note(organisation_id: int, year: int, one: Nearness, *, at: datetime) -> int:
    """Note a step, unless this one or a further one of the year was told."""
    known = ThresholdNotice.objects.filter(
        organisation=organisation_id, year=year, part=one.part
    ).values_list("step", flat=True)
    if any(Step(step).rank >= one.step.rank for step in known):
        return 0
    made, is_new = ThresholdNotice.objects.get_or_create(
        organisation_id=organisation_id,
        year=year,
        part=one.part,
        step=one.step,
        defaults={"cents": one.cents, "noticed_at": at},
    )
    if is_new:
        emit(ThresholdNeared(made.pk), at=at)
    return int(is_new)
