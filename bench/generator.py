"""Makes registers of fictional establishments in real communes, always the same for one seed."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

DATA = Path(__file__).resolve().parent.parent / "src/chalandise/territories/data"
REGION = "76"
SEED = 46
COMMON_WORD = "boulangerie"
RARE_WORD = "Quillembourg"
RARE_COUNT = 5

COLUMNS = [
    "siren",
    "nic",
    "siret",
    "statutDiffusionEtablissement",
    "dateCreationEtablissement",
    "dateDernierTraitementEtablissement",
    "etablissementSiege",
    "complementAdresseEtablissement",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "codeCommuneEtablissement",
    "dateDebut",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "enseigne2Etablissement",
    "enseigne3Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement",
    "longitude",
    "latitude",
    "geo_score",
    "geo_type",
]

TRADES = (
    # weight, NAF code, OpenStreetMap tag, how signs begin
    (14, "56.10A", ("amenity", "restaurant"), ("Restaurant", "Auberge", "La Table", "Bistrot")),
    (6, "56.10C", ("amenity", "fast_food"), ("Snack", "Pizza", "Friterie")),
    (6, "56.30Z", ("amenity", "bar"), ("Bar", "Café", "Le Comptoir")),
    (9, "10.71C", ("shop", "bakery"), ("Boulangerie", "Au Fournil", "Le Pétrin", "Boulangerie")),
    (5, "47.22Z", ("shop", "butcher"), ("Boucherie", "Charcuterie")),
    (4, "47.11B", ("shop", "convenience"), ("Épicerie", "Alimentation")),
    (3, "47.21Z", ("shop", "greengrocer"), ("Primeur", "Au Verger")),
    (9, "96.02A", ("shop", "hairdresser"), ("Coiffure", "Salon", "L’Atelier")),
    (4, "96.02B", ("shop", "beauty"), ("Institut", "Beauté")),
    (9, "47.71Z", ("shop", "clothes"), ("Boutique", "Mode", "Le Dressing")),
    (3, "47.72A", ("shop", "shoes"), ("Chaussures", "Cordonnerie")),
    (3, "47.61Z", ("shop", "books"), ("Librairie", "Le Papier")),
    (4, "47.76Z", ("shop", "florist"), ("Fleurs", "Au Jardin")),
    (4, "47.73Z", ("amenity", "pharmacy"), ("Pharmacie", "Grande Pharmacie")),
    (3, "47.78A", ("shop", "optician"), ("Optique", "Lunettes")),
    (4, "47.52A", ("shop", "doityourself"), ("Quincaillerie", "Bricolage")),
    (6, "43.22A", ("craft", "plumber"), ("Plomberie", "Chauffage")),
    (6, "43.21A", ("craft", "electrician"), ("Électricité", "Élec")),
    (4, "43.32A", ("craft", "carpenter"), ("Menuiserie", "Ébénisterie")),
    (5, "45.20A", ("shop", "car_repair"), ("Garage", "Auto")),
    (3, "01.21Z", ("craft", "winery"), ("Domaine", "Château")),
)
OTHER_ACTIVITIES = ("68.20B", "62.01Z", "70.22Z", "86.21Z", "41.20A")
STREETS = (
    ("RUE", "de la République"), ("RUE", "des Lilas"), ("AVENUE", "de la Gare"),
    ("PLACE", "de la Halle"), ("BOULEVARD", "Gambetta"), ("RUE", "du Moulin"), ("RUE", "Nationale"),
    ("CHEMIN", "du Lavoir"), ("ROUTE", "de Toulouse"), ("IMPASSE", "des Tisserands"),
    ("QUAI", "des Mariniers"), ("ALLEE", "des Tilleuls"),
)  # fmt: skip
SYLLABLES = (
    "ba", "bar", "bel", "ca", "cam", "cha", "cor", "dau", "del", "es", "fau", "fer", "ga", "gar",
    "la", "lau", "le", "li", "ma", "mar", "mon", "na", "pa", "per", "ra", "rou", "sal", "sau", "ta",
    "tou", "va", "ver", "vi",
)  # fmt: skip
ENDINGS = (
    "bert",
    "cas",
    "dier",
    "gnac",
    "lier",
    "nard",
    "quet",
    "rac",
    "reau",
    "ssac",
    "ton",
    "zac",
)
HOURS = (
    "Mo-Sa 09:00-12:30,14:00-19:00", "Tu-Sa 09:30-19:00", "Tu-Su 07:00-13:00,16:00-19:30",
    "Mo-Fr 08:00-12:00,13:30-18:00", "Mo-Su 11:45-14:00,19:00-22:00", "Mo-Sa 09:00-20:00; PH off",
    "We-Su 12:00-14:30; Fr-Sa 19:00-22:30", "Mo-Fr 09:00-18:30; Sa 09:00-12:30",
)  # fmt: skip


@dataclass(frozen=True)
class Commune:
    """Where establishments are put."""

    code: str
    name: str
    postal_code: str
    population: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Shop:
    """One fictional establishment."""

    siret: str
    name: str
    trade: int
    commune: Commune
    number: int
    street: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Registers:
    """The two files, and how many establishments they describe together."""

    sirene: Path
    osm: Path
    count: int


def communes() -> list[Commune]:
    """Return the communes of the region, with inhabitants."""
    with gzip.open(DATA / "communes.csv.gz", "rt", encoding="utf-8") as lines:
        return [
            Commune(
                code=row["code"],
                name=row["name"],
                postal_code=row["postal_codes"].split()[0].split("|")[0],
                population=int(row["population"] or 0),
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )
            for row in csv.DictReader(lines)
            if row["region"] == REGION and row["postal_codes"] and row["latitude"]
        ]


def write_registers(folder: Path, count: int) -> Registers:
    """Write a SIRENE file and an OpenStreetMap extract that describe ``count`` establishments.

    Nineteen in twenty stand in SIRENE; a third of those in OpenStreetMap too, half of them without
    their SIRET, so that they have to be matched by name and place; the rest only there.
    """
    random = Random(SEED + count)
    only_osm = count // 20
    shops = list(_shops(random, count))
    sirene, osm = folder / "StockEtablissement.csv", folder / "overpass.json"
    _write_sirene(sirene, shops[only_osm:], random)
    _write_osm(osm, shops[:only_osm], random.sample(shops[only_osm:], count // 3), random)
    return Registers(sirene, osm, count)


def _shops(random: Random, count: int) -> Iterator[Shop]:
    places = communes()
    people = list(accumulate(place.population + 200 for place in places))
    weights = list(accumulate(trade[0] for trade in TRADES))
    chosen = random.choices(places, cum_weights=people, k=count)
    trades = random.choices(range(len(TRADES)), cum_weights=weights, k=count)
    rare = set(random.sample(range(count), RARE_COUNT))
    for rank, (place, trade) in enumerate(zip(chosen, trades, strict=True)):
        spread = 0.004 + 0.00006 * place.population**0.5
        surname = RARE_WORD if rank in rare else _surname(random)
        yield Shop(
            siret=_siret(rank, random),
            name=f"{random.choice(TRADES[trade][3])} {surname}",
            trade=trade,
            commune=place,
            number=random.randint(1, 120),
            street=random.randrange(len(STREETS)),
            latitude=round(random.gauss(place.latitude, spread), 6),
            longitude=round(random.gauss(place.longitude, spread * 1.4), 6),
        )


def _surname(random: Random) -> str:
    return "".join(random.choices(SYLLABLES, k=2)).title() + random.choice(ENDINGS)


def _siret(rank: int, random: Random) -> str:
    siren = _with_key(f"{90000000 + rank}")
    return _with_key(f"{siren}{random.randint(1, 60):04d}")


def _with_key(digits: str) -> str:
    """Append the digit that makes the Luhn sum a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def _write_sirene(path: Path, shops: list[Shop], random: Random) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, restval="")
        rows.writeheader()
        for rank, shop in enumerate(shops):
            rows.writerow(_row(shop))
            if rank % 5 == 0:  # what the register also holds, and a directory does not want
                odd = _row(shop) | {"siret": _siret(5_000_000 + rank, random)}
                kind = rank // 5 % 10
                if kind == 0:
                    odd["etatAdministratifEtablissement"] = "F"
                elif kind == 1:
                    odd["statutDiffusionEtablissement"] = "P"
                else:
                    odd["activitePrincipaleEtablissement"] = random.choice(OTHER_ACTIVITIES)
                rows.writerow(odd)


def _row(shop: Shop) -> dict[str, str]:
    kind, street = STREETS[shop.street]
    return {
        "siren": shop.siret[:9],
        "nic": shop.siret[9:],
        "siret": shop.siret,
        "statutDiffusionEtablissement": "O",
        "dateCreationEtablissement": "2015-03-02",
        "dateDernierTraitementEtablissement": "2026-05-11T10:00:00",
        "etablissementSiege": "true",
        "numeroVoieEtablissement": str(shop.number),
        "typeVoieEtablissement": kind,
        "libelleVoieEtablissement": street.upper(),
        "codePostalEtablissement": shop.commune.postal_code,
        "libelleCommuneEtablissement": shop.commune.name.upper(),
        "codeCommuneEtablissement": shop.commune.code,
        "dateDebut": "2015-03-02",
        "etatAdministratifEtablissement": "A",
        "enseigne1Etablissement": shop.name.upper(),
        "activitePrincipaleEtablissement": TRADES[shop.trade][1],
        "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
        "longitude": str(shop.longitude),
        "latitude": str(shop.latitude),
        "geo_score": "0.9",
        "geo_type": "housenumber",
    }


def _write_osm(path: Path, alone: list[Shop], also: list[Shop], random: Random) -> None:
    elements = [_element(rank, shop, random, says_siret=False) for rank, shop in enumerate(alone)]
    elements += [
        _element(len(alone) + rank, shop, random, says_siret=rank % 2 == 0)
        for rank, shop in enumerate(also)
    ]
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")


def _element(rank: int, shop: Shop, random: Random, *, says_siret: bool) -> dict[str, object]:
    key, value = TRADES[shop.trade][2]
    kind, street = STREETS[shop.street]
    tags = {
        key: value,
        "name": shop.name,
        "addr:housenumber": str(shop.number),
        "addr:street": f"{kind.title()} {street}",
        "addr:postcode": shop.commune.postal_code,
        "addr:city": shop.commune.name,
        "opening_hours": random.choice(HOURS),
        "phone": f"+33 5 36 49 {random.randint(0, 99):02d} {random.randint(0, 99):02d}",
        "wheelchair": random.choice(("yes", "limited", "no")),
    }
    if says_siret:
        tags["ref:FR:SIRET"] = shop.siret
    if rank % 4 == 0:
        tags["website"] = f"https://boutique-{rank}.example.fr/"
    return {
        "type": "node",
        "id": 9_000_000_000 + rank,
        "lat": round(shop.latitude + random.gauss(0, 0.0001), 6),
        "lon": round(shop.longitude + random.gauss(0, 0.0001), 6),
        "tags": tags,
    }
