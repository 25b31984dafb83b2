"""What waits on the operator's desk in the demonstration: a run, doubtful pairs, reports, claims."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from chalandise.accounts.models import User
from chalandise.directory.actions.claims import request_claim
from chalandise.directory.actions.reports import report_error
from chalandise.directory.models import Establishment
from chalandise.directory.states import ClaimChannel, ReportKind, SourceKind
from chalandise.federation.content import digest_of
from chalandise.federation.models import ImportRun, Match, Source, SourceRecord
from chalandise.federation.reports import Outcome, ReportFile, ReportLine
from chalandise.federation.states import RunState, SourceFormat
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState
from chalandise.portals.models import Portal

PAIRS = 6
_READ = 118


@dataclass(frozen=True)
class _Texts:
    reports: list[dict[str, str]]
    claimants: list[dict[str, str]]
    endings: list[str]


@cache
def _texts() -> _Texts:
    return _Texts(**tomllib.loads(Path(__file__).with_name("desk.toml").read_text("utf-8")))


def fill_desk(portal: Portal, *, at: datetime) -> None:
    """Give the agent of the demonstration a morning's work."""
    shops = list(
        Establishment.objects.filter(claimed_at=None)
        .exclude(phone="")
        .select_related("commune")
        .order_by("-commune__population", "pk")[:40]
    )
    if len(shops) < PAIRS + len(_texts().reports) + len(_texts().claimants):
        return
    take = iter(shops)
    _fill_run(portal, [next(take) for _ in range(PAIRS)], at=at - timedelta(days=1, hours=3))
    for number, asked in enumerate(_texts().reports):
        report_error(
            next(take),
            kind=ReportKind(asked["kind"]),
            text=asked["text"],
            email=asked["email"],
            client=f"demo-{number}",
            by=Actor.guest("visiteur"),
            at=at - timedelta(hours=5 * number + 2),
        )
    for number, asked in enumerate(_texts().claimants):
        person = User.objects.create_user(asked["email"], asked["name"])
        request_claim(
            next(take),
            portal=portal,
            user=person,
            channel=ClaimChannel(asked["channel"]),
            by=Actor.person(person),
            at=at - timedelta(hours=7 * number + 1),
        )
    _give_up_a_mail(portal, at=at - timedelta(hours=4))


def _fill_run(portal: Portal, shops: list[Establishment], *, at: datetime) -> None:
    """Make a run of a commune's file that left some pairs to a person."""
    source = Source.objects.create(
        portal=portal,
        key="mairie-fichier-des-commerces",
        name="Fichier des commerces de la mairie",
        format=SourceFormat.CSV,
        kind=SourceKind.LOCAL_FILE,
        licence="Licence Ouverte 2.0",
        created_at=at,
    )
    path = Path(settings.VAR_DIR) / "imports" / "demo-commerces-mairie.csv"
    run = ImportRun.objects.create(
        source=source,
        state=RunState.DONE,
        file_name="commerces-mairie.csv",
        file_digest="demo",
        mark=_READ,
        summary={"read": _READ, "updated": 96, "doubtful": PAIRS, "unchanged": 14, "refused": 2,
                 "refusals": {"no_name": 1, "no_commune": 1}},
        report_path=str(path),
        started_at=at,
        ended_at=at + timedelta(seconds=2),
    )  # fmt: skip
    lines = []
    for number, shop in enumerate(shops):
        content = {"facts": _nearly(shop, number), "raw": {}}
        record = SourceRecord.objects.create(
            source=source,
            external_id=f"ligne-{number + 2}",
            content=content,
            content_digest=digest_of(content),
            run=run,
            seen_at=at,
        )
        score = round(0.88 - 0.04 * number, 2)
        Match.objects.create(record=record, establishment=shop, score=score, found_at=at)
        name = content["facts"]["name"]
        lines.append(ReportLine(number + 2, record.external_id, name, Outcome.DOUBTFUL))
    with ReportFile(path) as report:
        report.write(lines)


def _nearly(shop: Establishment, number: int) -> dict[str, Any]:
    """Return a shop as a clerk remembers it: almost the same."""
    endings = _texts().endings
    facts: dict[str, Any] = {
        "name": f"{shop.name} {endings[number % len(endings)]}".strip(),
        "street": shop.street if number % 2 else f"{shop.street} bis".strip(),
        "postal_code": shop.postal_code,
        "city": shop.commune.name,
        "commune_code": shop.commune.code,
        "category_key": shop.category_id,
        "website": f"https://commerce{number}.exemple.test/",
        "latitude": (shop.latitude or 0) + 0.0004,
        "longitude": (shop.longitude or 0) - 0.0003,
    }
    if number % 3:
        facts["phone"] = shop.phone
    return facts


def _give_up_a_mail(portal: Portal, *, at: datetime) -> None:
    Message.objects.create(
        key="demo:given-up",
        portal=portal,
        template="reservation_ready",
        to="adresse-mal-ecrite@demo.test",
        sender_name=portal.name,
        subject="C’est prêt, on vous attend",
        text="C’est prêt, on vous attend.",
        state=MessageState.FAILED,
        attempts=8,
        last_error="550 5.1.1 boîte inconnue",
        created_at=at,
    )
