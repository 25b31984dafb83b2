"""Work waiting in the console: a commune's file with doubtful rows, reports, claims."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from chalandise.accounts.models import User
from chalandise.directory.actions.claims import request_claim
from chalandise.directory.actions.reports import report_error
from chalandise.directory.models import Establishment
from chalandise.directory.states import ClaimChannel, ReportKind
from chalandise.federation.actions.imports import ImportOrder, import_file
from chalandise.federation.queries import CommuneFinder
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.readers.tabular import inspect_table, read_table
from chalandise.federation.states import SourceFormat
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal

TOWN = "commune-46102"
COLUMNS = ("Nom", "Catégorie", "Adresse", "Code postal", "Commune", "Téléphone", "Horaires")
_TAIL = re.compile(r" (?:du |des |de la |de l’|de |d’|et )")
_REPORTS = (
    (ReportKind.HOURS, "Le mercredi, c’est fermé l’après-midi depuis septembre."),
    (ReportKind.CONTACT, "Le numéro sonne chez quelqu’un d’autre."),
    (ReportKind.CLOSED, "La vitrine est vide depuis l’été."),
)


def fill_queues(portal: Portal, *, at: datetime, random: Random) -> None:
    """Give an agent something to decide."""
    quiet = list(
        Establishment.objects.filter(organisation=None, commune=TOWN)
        .exclude(street="")
        .select_related("category", "commune")
        .order_by("pk")[:60]
    )
    if not quiet:
        return
    _import_file_of_the_town(portal, random.sample(quiet, min(14, len(quiet))), at=at)
    for number, (kind, text) in enumerate(_REPORTS[: len(quiet)]):
        report_error(
            quiet[number * 3 % len(quiet)],
            kind=kind,
            text=text,
            email="voisin@demo.test" if number == 0 else "",
            client=f"demo-{number}",
            by=Actor.guest("visiteur"),
            at=at - timedelta(hours=5 + 9 * number),
        )
    for number, shop in enumerate(quiet[-2:]):
        asking = User.objects.create_user(f"demande{number}@demo.test", "")
        request_claim(
            shop,
            portal=portal,
            user=asking,
            channel=ClaimChannel.LETTER,
            by=Actor.person(asking),
            at=at - timedelta(hours=3 + number),
        )


def _import_file_of_the_town(portal: Portal, shops: list[Establishment], *, at: datetime) -> None:
    """Import a list as a town hall keeps it: names shortened, streets misheard."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "liste-de-la-mairie.csv"
        with path.open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(COLUMNS)
            writer.writerows(_row(shop, number) for number, shop in enumerate(shops))
        layout = inspect_table(path)
        mapping = layout.mapping({})

        def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
            return read_table(path, mapping=mapping, tally=tally, columns=layout.columns)

        import_file(
            ImportOrder(
                portal=portal,
                path=path,
                layout=SourceFormat.CSV,
                reader=read,
                label="Liste de la mairie de Figeac (données fictives)",
                licence="Licence Ouverte 2.0",
                dated_on=at.date() - timedelta(days=12),
                column_map=dict(mapping),
            ),
            by=Actor.system("demo"),
            at=at,
        )


def _row(shop: Establishment, number: int) -> tuple[str, ...]:
    """Return a row about a shop: exact, or with what makes a person look twice."""
    name, street, phone = shop.name, shop.street, shop.phone
    if number % 3 == 1:
        name, phone = _shortened(name), ""
    elif number % 3 == 2:
        street, phone = f"face au {street}", ""
        name = f"{shop.category.name} {name.split()[-1]}"
    return (name, shop.category.name, street, shop.postal_code, shop.commune.name, phone, "")


def _shortened(name: str) -> str:
    """Return what people keep of a name: « L’Assiette » for « L’Assiette des Arcades »."""
    head = _TAIL.split(name, maxsplit=1)[0]
    return head if head != name else " ".join(name.split()[:2])
