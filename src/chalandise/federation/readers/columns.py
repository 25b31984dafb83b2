"""Which column of a stranger's table holds what: a guess with its confidence, to be confirmed.

A heading that is one of the known words is nearly certain; one that contains it is likely; a
column whose cells look like telephone numbers or SIRETs is probable. Whatever stays under
`USED_FROM` is shown to the operator and not used unless given with `--map`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalandise.kernel.text import fold

USED_FROM = 0.6
"""A guess counts from this confidence on."""

EXACT, CONTAINED, BY_CELLS = 0.95, 0.7, 0.65

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "identifiant", "ref", "reference", "uid", "external id", "code commerce",
           "fid", "objectid", "recordid"),
    "siret": ("siret", "n siret", "numero siret", "siret etablissement", "siren siret", "siren"),
    "name": ("nom", "name", "enseigne", "nom du commerce", "nom commerce", "commerce",
             "nom enseigne", "etablissement", "nom de l etablissement", "nom etablissement",
             "raison sociale", "denomination", "libelle", "titre", "boutique", "magasin",
             "nom de la boutique", "nom usuel"),
    "category": ("categorie", "type de commerce", "type commerce", "type", "activite", "metier",
                 "secteur", "category", "rubrique", "secteur d activite", "type d activite",
                 "famille", "domaine", "specialite"),
    "activity_code": ("naf", "ape", "code naf", "code ape", "activite principale"),
    "address": ("adresse", "address", "adresse complete", "adresse postale", "localisation",
                "adresse du commerce"),
    "number": ("numero", "numero voie", "n", "num", "numero de voie"),
    "street": ("rue", "voie", "street", "nom de la voie", "libelle voie", "adresse 1", "adresse1",
               "adresse ligne 1"),
    "complement": ("complement", "complement adresse", "complement d adresse", "adresse 2",
                   "adresse2", "batiment"),
    "postal_code": ("code postal", "cp", "postal code", "codepostal", "postcode", "code post"),
    "city": ("ville", "commune", "city", "localite", "nom commune", "nom de la commune",
             "libelle commune"),
    "commune_code": ("code insee", "insee", "code commune", "codeinsee", "com insee",
                     "code commune insee", "citycode"),
    "latitude": ("latitude", "lat", "y", "coord y"),
    "longitude": ("longitude", "lon", "lng", "long", "x", "coord x"),
    "position": ("geo point 2d", "geo point", "geolocalisation", "coordonnees", "coordinates",
                 "gps", "coordonnees gps", "position", "latlon", "lat lon"),
    "phone": ("telephone", "tel", "phone", "numero de telephone", "tel fixe", "telephone fixe",
              "n telephone", "contact telephone"),
    "mobile": ("mobile", "portable", "tel portable", "telephone portable", "telephone mobile",
               "gsm"),
    "email": ("email", "mail", "e mail", "courriel", "adresse mail", "adresse email",
              "adresse electronique", "contact mail"),
    "website": ("site", "site internet", "site web", "website", "url", "web", "lien", "siteweb",
                "adresse web", "page web", "internet"),
    "social": ("facebook", "reseaux sociaux", "page facebook", "instagram"),
    "order_url": ("commande en ligne", "boutique en ligne", "e boutique", "lien commande",
                  "click and collect url", "site de vente"),
    "description": ("description", "presentation", "texte", "commentaire", "commentaires",
                    "details", "produits", "offre"),
    "services": ("services", "service", "service propose", "modalites", "mode de retrait",
                 "livraison retrait", "modes de vente"),
    "delivery": ("livraison", "livraison a domicile", "livre a domicile"),
    "pickup": ("click and collect", "click collect", "retrait", "retrait en magasin",
               "vente a emporter", "a emporter"),
    "hours": ("horaires", "horaire", "opening hours", "heures d ouverture", "ouverture",
              "horaires d ouverture", "jours et horaires", "horaires json"),
    "labels": ("labels", "label", "fabrique a paris", "bio", "qualite"),
}  # fmt: skip

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "siret": re.compile(r"^\d{3} ?\d{3} ?\d{3} ?\d{5}$"),
    "postal_code": re.compile(r"^\d{5}$"),
    "phone": re.compile(r"^(?:\+33|0033|0)\s?[1-9](?:[\s.\-]?\d{2}){4}$"),
    "email": re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE),
    "website": re.compile(r"^(?:https?://|www\.)\S+\.\S+", re.IGNORECASE),
    "position": re.compile(r"^-?\d{1,2}\.\d{3,}\s*,\s*-?\d{1,3}\.\d{3,}$"),
    "address": re.compile(r"^\d{1,4}\s?(?:bis|ter)?,?\s+(?:rue|avenue|av|bd|boulevard|place|chemin|route|quai|impasse|all[ée]e)\b", re.IGNORECASE),
}  # fmt: skip
_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column that probably holds a field."""

    field: str
    column: str
    confidence: float

    @property
    def is_used(self) -> bool:
        """Whether the guess is good enough to act upon without being confirmed."""
        return self.confidence >= USED_FROM


def heading_key(heading: str) -> str:
    """Reduce a heading to plain words: `Nom_du_Commerce*` is `nom du commerce`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"[a-z0-9]+", fold(spaced)))


def unique_headings(headings: Sequence[str]) -> list[str]:
    """Name unnamed columns and number repeated ones, so that no cell is lost."""
    seen: dict[str, int] = {}
    unique: list[str] = []
    for rank, heading in enumerate(headings, start=1):
        name = " ".join(heading.replace("\ufeff", "").split()) or f"colonne {rank}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def guess_columns(columns: Sequence[str], sample: Sequence[Mapping[str, str]]) -> list[ColumnGuess]:
    """Return the best column for each field, most certain first; a column serves one field."""
    candidates = [
        ColumnGuess(field, column, score)
        for column in columns
        for field in FIELDS
        if (score := _score(field, column, sample)) > 0
    ]
    order = {field: rank for rank, field in enumerate(FIELDS)}
    candidates.sort(
        key=lambda guess: (-guess.confidence, columns.index(guess.column), order[guess.field])
    )
    taken_fields: set[str] = set()
    taken_columns: set[str] = set()
    guesses: list[ColumnGuess] = []
    for guess in candidates:
        if guess.field in taken_fields or guess.column in taken_columns:
            continue
        taken_fields.add(guess.field)
        taken_columns.add(guess.column)
        guesses.append(guess)
    return guesses


def _score(field: str, column: str, sample: Sequence[Mapping[str, str]]) -> float:
    key = heading_key(column)
    words = FIELDS[field]
    looks_right = _share(field, column, sample)
    if key in words:
        # an earlier word of the list is a plainer name for the field
        return EXACT - 0.002 * words.index(key) + (0.04 if looks_right >= _SHARE else 0)
    if looks_right >= _SHARE:
        return BY_CELLS + 0.2 * looks_right
    contained = [
        word for word in words if len(word) > 3 and re.search(rf"\b{re.escape(word)}\b", key)
    ]
    if contained and len(key.split()) <= len(max(contained, key=len).split()) + 2:
        return CONTAINED - 0.05 * (len(key.split()) - 1)
    return 0


def _share(field: str, column: str, sample: Sequence[Mapping[str, str]]) -> float:
    """Return the share of filled cells that look like the field, 0 for fields without a look."""
    pattern = _PATTERNS.get(field)
    if pattern is None:
        return 0
    cells = [cell for row in sample if (cell := str(row.get(column, "")).strip())]
    return sum(bool(pattern.match(cell)) for cell in cells) / len(cells) if cells else 0
