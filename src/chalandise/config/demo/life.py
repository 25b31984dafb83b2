"""Making some shops lively: claimed, confirmed, with reservations in progress."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from chalandise.accounts.models import User
from chalandise.config.demo.goods import goods_of
from chalandise.config.demo.pictures import hang
from chalandise.config.demo.shopfronts import FRONT_HEIGHT, FRONT_WIDTH
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.touching import announce
from chalandise.directory.models import Establishment, Photo
from chalandise.directory.states import Service, SourceKind
from chalandise.directory.values import SourceRef
from chalandise.journal.states import Actor
from chalandise.ordering.actions.reservations import (
    Customer,
    accept_reservation,
    decline_reservation,
    hand_over,
    mark_ready,
    request_reservation,
)
from chalandise.ordering.errors import OutsideHoursError
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.queries.reservations import proposed_times
from chalandise.organisations.models import Membership, Organisation
from chalandise.organisations.states import MemberRole
from chalandise.portals.models import Portal

CUSTOMERS = ("Nadia", "Jules", "Mme Rivière", "M. Causse", "Amel", "Théo", "Lucile", "Baptiste")
PRICES = (480, 750, 1250, 1890, 2500)
PRICES_OF_BREAD = (420, 750, 980)  # nobody announces a loaf at 25 €
MERCHANT_LABEL = "le commerce"


@dataclass(frozen=True)
class _Texts:
    descriptions: dict[str, str]
    requests: dict[str, list[str]]


@cache
def _texts() -> _Texts:
    return _Texts(**tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8")))


def claim(shop: Establishment, owner: User, *, at: datetime) -> None:
    """Let a person look after a sheet, with hours and services confirmed and a presentation."""
    organisation = Organisation.objects.create(name=shop.name)
    Membership.objects.create(organisation=organisation, user=owner, role=MemberRole.OWNER)
    hours = shop.hours.first()
    facts: dict[str, Any] = {
        "organisation": organisation,
        "services": sorted({*shop.services, *_services(shop)}),
        "description": f"<p>{description_of(shop)}</p>",
        "hours:visit": hours.value if hours else "Tu-Sa 09:30-12:30,14:00-19:00",
    }
    Establishment.objects.filter(pk=shop.pk).update(claimed_at=at)
    shop.refresh_from_db()
    apply_facts(
        shop,
        facts,
        source=SourceRef(SourceKind.MERCHANT, MERCHANT_LABEL, dated_on=at.date()),
        by=Actor.person(owner),
        at=at,
    )


def _services(shop: Establishment) -> set[Service]:
    """Return what a lively shop does: those whose trade has a shelf sell online too."""
    lively = {Service.RESERVATION, Service.PICKUP}
    return lively | ({Service.ONLINE_ORDER} if goods_of(shop.category_id) else set())


def photograph(shop: Establishment, files: list[Path], *, at: datetime) -> None:
    """Give a lively shop the drawn picture of its front; the sheet is one step further for it."""
    Photo.objects.create(
        establishment=shop,
        name=hang(files),
        alternative_text=f"La devanture de {shop.name}, dessinée pour la démonstration",
        width=FRONT_WIDTH,
        height=FRONT_HEIGHT,
        added_at=at,
    )
    announce(shop, at=at)


def description_of(shop: Establishment) -> str:
    """Return the presentation of a lively shop."""
    texts = _texts().descriptions
    return texts.get(shop.category_id, texts["other"])


def reserve(
    shops: Sequence[Establishment], portal: Portal, *, nadia: User, at: datetime, random: Random
) -> int:
    """Ask some shops to put things aside and let them answer; return how many were asked."""
    count = 0
    for shop in shops:
        for step in range(random.choice((1, 1, 2))):
            ago = at - timedelta(minutes=20 + count)
            asked = ask_for(shop, portal, nadia=nadia, at=ago, number=count, random=random)
            if asked is not None:
                _answer(asked, (count + step) % 6, at=at, random=random)
                count += 1
    return count


def fill_board(
    shop: Establishment, portal: Portal, *, nadia: User, at: datetime, random: Random
) -> None:
    """Give one shop a request in every state, so that its board shows them all."""
    for number in range(6):
        ago = at - timedelta(minutes=20 + number)
        asked = ask_for(shop, portal, nadia=nadia, at=ago, number=number, random=random)
        if asked is not None:
            _answer(asked, number, at=at, random=random)


def ask_for(
    shop: Establishment,
    portal: Portal,
    *,
    nadia: User,
    at: datetime,
    number: int,
    random: Random,
) -> ReservationRequest | None:
    """Ask a shop to put something aside, as its customers word it; None where it cannot be asked."""
    days = proposed_times(shop, at)
    if not days:
        return None
    name = CUSTOMERS[number % len(CUSTOMERS)]
    customer = Customer(name, f"client{number}@demo.test", "+33639980000")
    if name == "Nadia":
        customer = Customer(nadia.name, nadia.email, nadia.phone, nadia)
    texts = _texts().requests
    sentences = texts.get(shop.category_id, texts["other"])
    try:
        return request_reservation(
            shop,
            portal=portal,
            customer=customer,
            text=sentences[number % len(sentences)],
            wanted_at=random.choice(
                days[0].times if number % 2 else days[min(1, len(days) - 1)].times
            ),
            at=at,
        )
    except OutsideHoursError:
        return None


def _answer(asked: ReservationRequest, step: int, *, at: datetime, random: Random) -> None:
    by = Actor("merchant", "", asked.establishment.name)
    if step == 0:
        return
    if step == 5:
        decline_reservation(asked, by=by, at=at, answer="Désolés, il n’en reste plus aujourd’hui.")
        return
    is_bread = asked.establishment.category_id == "boulangerie"
    price = random.choice(PRICES_OF_BREAD if is_bread else PRICES)
    accept_reservation(
        asked, by=by, at=at, price_cents=price, answer="Avec plaisir, à tout à l’heure\u202f!"
    )
    if step >= 2:
        mark_ready(asked, by=by, at=at)
    if step == 4:
        hand_over(asked, by=by, at=at)
