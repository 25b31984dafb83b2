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
from chalandise.federation.likeness import Place
from chalandise.federation.matching import PlaceIndex, lay_out
from chalandise.federation.queries import CommuneFinder, places_on
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.readers.tabular import inspect_table, read_table
from chalandise.federation.states import SourceFormat
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal

TOWN = "commune-46102"
_Row = tuple[str, ...]
COLUMNS = ("Nom", "Catégorie", "Adresse", "Code postal", "Commune", "Téléphone", "Horaires")
_TAIL = re.compile(r" (?:du |des |de la |de l’|de |d’|et )")
_PLAIN_COUNT, _DOUBTFUL_COUNT = 5, 9
_HOUSE_NUMBER = re.compile(r"^\d+(?: bis| ter)?,? ")
_HESITATION = (0.6, 0.85)  # likeness between which a person hesitates
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
    shuffled = random.sample(quiet, len(quiet))
    _import_file_of_the_town(portal, _rows(portal, shuffled), at=at)
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


def _import_file_of_the_town(portal: Portal, rows: list[_Row], *, at: datetime) -> None:
    """Import a list as a town hall keeps it: names shortened, streets misheard."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "liste-de-la-mairie.csv"
        with path.open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
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


def _rows(portal: Portal, shops: list[Establishment]) -> list[_Row]:
    """Return the town hall's list: some shops as they are, some as people half remember them."""
    plain = [_row(shop, (shop.name, shop.street, shop.phone)) for shop in shops[:_PLAIN_COUNT]]
    doubtful: list[_Row] = []
    with lay_out(places_on(portal)) as index:
        for shop in shops[_PLAIN_COUNT:]:
            told = _told_in_doubt(index, shop)
            if told:
                doubtful.append(_row(shop, told))
            if len(doubtful) == _DOUBTFUL_COUNT:
                break
    return plain + doubtful


def _row(shop: Establishment, told: tuple[str, str, str]) -> _Row:
    name, street, phone = told
    return (name, shop.category.name, street, shop.postal_code, shop.commune.name, phone, "")


def _half_remembered(shop: Establishment) -> list[tuple[str, str, str]]:
    """Return what a list may say of a shop: name, street, telephone.

    Told by its trade and without the number of the house, by its name alone, or by what people
    keep of the name.
    """
    street = _HOUSE_NUMBER.sub("", shop.street)
    return [
        (f"{shop.category.name} {shop.name.split()[-1]}", street, ""),
        (shop.name, "", ""),
        (_shortened(shop.name), street, ""),
    ]


def _told_in_doubt(index: PlaceIndex, shop: Establishment) -> tuple[str, str, str] | None:
    """Return how to tell of a shop so that a person hesitates about it, and about no other."""
    tellings = _half_remembered(shop)
    offered = index.find_matches(
        [
            Place(
                key="record",
                name=name,
                commune=shop.commune_id,
                street=street,
                phone=phone,
                category=shop.category_id,
            )
            for name, street, phone in tellings
        ]
    )
    low, high = _HESITATION
    for told, found in zip(tellings, offered, strict=True):
        if found and found[0][0].key == shop.pk and low <= found[0][1].score <= high:
            return told
    return None


def _shortened(name: str) -> str:
    """Return what people keep of a name: « L’Assiette » for « L’Assiette des Arcades »."""
    head = _TAIL.split(name, maxsplit=1)[0]
    return head if head != name else " ".join(name.split()[:2])
