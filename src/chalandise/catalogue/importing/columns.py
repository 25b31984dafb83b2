"""Which column of a merchant's file says what: French, English, WooCommerce, PrestaShop and more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from chalandise.catalogue.errors import ImportRefusedError
from chalandise.kernel.text import words

FIELDS = (
    "name",
    "price",
    "net_price",
    "publisher_price",
    "is_old_stock",
    "stock",
    "category",
    "description",
    "short_description",
    "sku",
    "gtin",
    "variant",
    "options_1",
    "options_2",
    "vat",
    "net_quantity",
    "net_unit",
    "weight_kg",
    "weight_g",
    "origin",
    "commercial_name",
    "scientific_name",
    "production",
    "gear",
    "allergens",
    "manufacturer_name",
    "manufacturer_address",
    "manufacturer_email",
    "guarantee_years",
    "guarantee_producer",
    "repairability",
    "durability",
    "spare_parts",
    "updates",
    "after_sales",
    "is_shown",
    "type",
    "id",
    "parent",
)
"""What a column may say; the first headings of a field below are the surest."""

_KNOWN: dict[str, tuple[str, ...]] = {
    "name": (
        "nom du produit",
        "nom",
        "name",
        "produit",
        "designation",
        "libelle",
        "intitule",
        "article",
        "titre",
        "title",
        "product name",
        "product",
        "display name",
    ),
    "price": (
        "prix ttc",
        "prix de vente ttc",
        "prix public",
        "regular price",
        "price tax excluded or price tax included",
        "prix de vente",
        "tarif ttc",
        "prix unitaire ttc",
        "prix",
        "price",
        "tarif",
        "montant",
        "pv ttc",
        "variant price",
    ),
    "net_price": (
        "prix ht",
        "prix de vente ht",
        "price tax excluded",
        "tarif ht",
        "pv ht",
        "price excl tax",
        "net price",
    ),
    "publisher_price": (
        "prix editeur",
        "prix de l editeur",
        "prix public editeur",
        "prix editeur ttc",
        "ppttc",
        "publisher price",
        "publisher s price",
    ),
    "is_old_stock": (
        "fonds de plus de deux ans",
        "livre ancien du stock",
        "older book long in stock",
    ),
    "stock": (
        "stock",
        "quantite en stock",
        "quantite",
        "quantity",
        "qte",
        "stock disponible",
        "on hand",
        "inventory",
        "variant inventory qty",
        "qty",
    ),
    "category": ("categorie", "categories", "category", "rayon", "famille", "type de produit"),
    "description": ("description", "descriptif", "descriptif long", "body html", "texte"),
    "short_description": ("short description", "description courte", "resume", "accroche"),
    "sku": (
        "sku",
        "reference",
        "ref",
        "code article",
        "code produit",
        "reference produit",
        "product reference",
        "variant sku",
        "code",
    ),
    "gtin": (
        "ean13",
        "ean",
        "gtin",
        "gtin upc ean or isbn",
        "code barres",
        "code barre",
        "barcode",
        "upc",
        "isbn",
        "variant barcode",
    ),
    "variant": (
        "declinaison",
        "variante",
        "variant",
        "option",
        "taille",
        "format",
        "variant title",
    ),
    "options_1": ("attribute 1 value s", "attribute 1 value", "option1 value"),
    "options_2": ("attribute 2 value s", "attribute 2 value", "option2 value"),
    "vat": ("tva", "taux tva", "taux de tva", "vat", "vat rate", "tax rate"),
    "net_quantity": (
        "quantite nette",
        "contenance",
        "poids net",
        "volume",
        "conditionnement",
        "net quantity",
        "units",
    ),
    "net_unit": ("unite", "unite de mesure", "unity", "unit", "unit type"),
    "weight_kg": ("weight kg", "poids kg", "weight", "poids"),
    "weight_g": ("poids g", "poids grammes", "weight g", "grams", "variant grams"),
    "origin": (
        "origine",
        "origin",
        "provenance",
        "pays d origine",
        "zone de peche",
        "zone de capture",
    ),
    "commercial_name": ("denomination commerciale", "nom commercial", "commercial name"),
    "scientific_name": ("nom scientifique", "nom latin", "espece", "scientific name"),
    "production": ("methode de production", "mode de production", "production method"),
    "gear": ("engin de peche", "technique de peche", "fishing gear"),
    "allergens": ("allergenes", "allergens", "allergene"),
    "manufacturer_name": ("fabricant", "manufacturer", "editeur", "publisher"),
    "manufacturer_address": (
        "adresse du fabricant",
        "adresse fabricant",
        "adresse de l editeur",
        "adresse editeur",
    ),
    "manufacturer_email": (
        "courriel du fabricant",
        "e mail fabricant",
        "courriel de l editeur",
        "e mail editeur",
        "site de l editeur",
    ),
    "guarantee_years": ("garantie de durabilite ans", "garantie producteur ans", "garan"),
    "guarantee_producer": ("producteur de la garantie", "garant", "guaranteed by"),
    "repairability": ("indice de reparabilite", "reparabilite", "repairability index"),
    "durability": ("indice de durabilite", "durability index"),
    "spare_parts": ("pieces detachees", "disponibilite des pieces detachees", "spare parts"),
    "updates": ("mises a jour logicielles", "mises a jour", "software updates"),
    "after_sales": ("service apres vente", "sav", "after sales service"),
    "is_shown": ("published", "active", "publie", "actif", "en ligne", "visible"),
    "type": ("type",),
    "id": ("id", "product id", "identifiant", "handle"),
    "parent": ("parent",),
}
_BY_HEADING = {
    heading: (field, rank) for field, known in _KNOWN.items() for rank, heading in enumerate(known)
}
_CHOICES = re.compile(r"\((?:0|x;|yyyy|name:|value:)[^)]*\)", re.IGNORECASE)


def heading_words(heading: str) -> str:
    """Return a heading without accents, stars and explanations: ``Categories (x;y;z...)``."""
    return " ".join(words(_CHOICES.sub("", heading)))


def guess_columns(header: Sequence[str]) -> dict[str, int]:
    """Return for each field we recognise the position of its column.

    Where two headings mean the same field the surer wins. A workbook that names its only price
    column HT is believed.

    Raises:
        ImportRefusedError: the winning heading stands twice, so that nobody knows which is meant.
    """
    headings = [heading_words(one) for one in header]
    best: dict[str, tuple[int, int]] = {}
    for position, heading in enumerate(headings):
        field, rank = _BY_HEADING.get(heading, ("", 0))
        if field and (field not in best or rank < best[field][0]):
            best[field] = (rank, position)
    for _rank, position in best.values():
        if headings.count(headings[position]) > 1:
            raise ImportRefusedError("same_header_twice", header[position])
    return {field: best[field][1] for field in FIELDS if field in best}


def check_columns(columns: dict[str, int], header: Sequence[str]) -> None:
    """Let pass a mapping that names a column for the name and one for a price.

    Raises:
        ImportRefusedError: it does not, or names columns that are not there.
    """
    for field, position in columns.items():
        if field not in FIELDS or type(position) is not int or not 0 <= position < len(header):
            raise ImportRefusedError("no_header", field)
    if "name" not in columns:
        raise ImportRefusedError("no_name_column")
    if not columns.keys() & {"price", "net_price"}:
        raise ImportRefusedError("no_price_column")


def digest_of(header: Sequence[str]) -> str:
    """Return the short name of a row of headings, under which a mapping is remembered."""
    text = "\x1f".join(heading_words(one) for one in header)
    return hashlib.sha256(text.encode()).hexdigest()
