"""What one row of a merchant's file means, and what is wrong with it; pure Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from chalandise.catalogue.books import BOOKS
from chalandise.catalogue.classification import (
    FALLBACK_CATEGORY,
    asks_for_maker,
    guess_category,
    product_categories,
)
from chalandise.catalogue.durability import INDEX_KINDS, check_durability, only_sayable, sayable
from chalandise.catalogue.errors import BadPriceError, BadQuantityError
from chalandise.catalogue.fields import LONGEST_DESCRIPTION, LONGEST_NAME, is_gtin, read_decimal
from chalandise.catalogue.importing.fish_words import read_fish
from chalandise.catalogue.importing.tables import Table
from chalandise.catalogue.measures import read_measure
from chalandise.catalogue.prices import read_price, require_price
from chalandise.catalogue.quantities import read_quantity
from chalandise.catalogue.sheets import SAFETY
from chalandise.catalogue.states import Allergen, VatCode
from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.rich_text import to_plain
from chalandise.kernel.money import round_half_up
from chalandise.kernel.text import fold

MOST_STOCK = 1_000_000
LONGEST_MAKER = 400
_SCIENTIFIC = re.compile(r"[0-9.,]+e\+?[0-9]+", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")
_NO = {"0", "non", "no", "false", "faux", "brouillon", "draft", "inactif"}
_NONE = {"aucun", "aucune", "neant", "none", "sans", "non"}
_RATES = {
    Decimal(20): VatCode.STANDARD,
    Decimal(10): VatCode.INTERMEDIATE,
    Decimal("5.5"): VatCode.REDUCED,
    Decimal("2.1"): VatCode.SUPER_REDUCED,
    Decimal(0): VatCode.EXEMPT,
}
_TOLD = {"guarantee_years", "guarantee_producer", "spare_parts", "updates", "after_sales"}
_COLUMN_OF = dict.fromkeys(("few_years", "no_years", "no_producer"), "guarantee_years")
_RATE_BP = {code: int(rate * 100) for rate, code in _RATES.items()}
_ALLERGENS = {
    "gluten": Allergen.GLUTEN,
    "ble": Allergen.GLUTEN,
    "crustace": Allergen.CRUSTACEANS,
    "oeuf": Allergen.EGGS,
    "poisson": Allergen.FISH,
    "arachide": Allergen.PEANUTS,
    "soja": Allergen.SOYA,
    "lait": Allergen.MILK,
    "fruit a coque": Allergen.NUTS,
    "noix": Allergen.NUTS,
    "noisette": Allergen.NUTS,
    "amande": Allergen.NUTS,
    "celeri": Allergen.CELERY,
    "moutarde": Allergen.MUSTARD,
    "sesame": Allergen.SESAME,
    "sulfite": Allergen.SULPHITES,
    "lupin": Allergen.LUPIN,
    "mollusque": Allergen.MOLLUSCS,
}


@dataclass
class ParsedRow:
    """One row as it was understood.

    Attributes:
        problems: why it cannot be imported, as (field, reason).
        warnings: what was left aside without harm, as (field, reason).
        key: what tells it from other products of the shop, also next year.
        parent: the key or reference of the product it is a variant of.
        is_parent: it only gathers variants (WooCommerce ``variable``).
    """

    number: int
    name: str = ""
    key: str = ""
    parent: str = ""
    is_parent: bool = False
    sku: str = ""
    row_id: str = ""
    price_cents: int = 0
    publisher_price_cents: int | None = None
    is_old_stock: bool = False
    category: str = ""
    description: str = ""
    variant_name: str = ""
    gtin: str = ""
    net_quantity: Decimal | None = None
    net_unit: str = ""
    weight_grams: int = 0
    origin: str = ""
    vat_code: str = ""
    stock: int | None = None
    allergens: tuple[str, ...] | None = None
    durability: dict[str, str] = field(default_factory=dict)
    safety: dict[str, str] = field(default_factory=dict)
    food_sheet: dict[str, str] = field(default_factory=dict)
    is_shown: bool = True
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def parse_rows(
    table: Table, columns: Mapping[str, int], *, shop_category: str
) -> Iterator[ParsedRow]:
    """Read every row by the mapping, whatever is wrong with it."""
    for number, cells in table.rows:
        yield _Reader(cells, columns, shop_category).read(number)


class _Reader:
    """Reads one row, field by field, and keeps what is wrong."""

    def __init__(
        self, cells: Sequence[str], columns: Mapping[str, int], shop_category: str
    ) -> None:
        self._cells, self._columns, self._shop = cells, columns, shop_category
        self._row = ParsedRow(0)

    def read(self, number: int) -> ParsedRow:
        row = self._row
        row.number = number
        kind = fold(self._text("type"))
        row.is_parent = kind.startswith("variable")
        row.parent = self._text("parent").removeprefix("id:") if "variation" in kind else ""
        row.sku, row.row_id = self._text("sku")[:60], self._text("id")[:60]
        self._read_name()
        self._read_category()
        self._read_vat()
        if not row.is_parent:
            self._read_price()
            self._read_book()
            self._read_stock()
        self._read_measures()
        self._read_gtin()
        self._read_allergens()
        self._read_durability()
        self._read_maker()
        row.food_sheet, unknown = read_fish(self._text, row.category)
        row.warnings += [(name, "unknown_value") for name in unknown]
        row.origin = plain_text(self._text("origin")).value[:120]
        row.is_shown = fold(self._text("is_shown")) not in _NO
        row.key = _key(row)
        return row

    def _text(self, name: str) -> str:
        position = self._columns.get(name)
        if position is None or position >= len(self._cells):
            return ""
        return self._cells[position].strip()

    def _read_name(self) -> None:
        row = self._row
        row.name = plain_text(self._text("name")).value.strip()
        if not row.name:
            row.problems.append(("name", "missing"))
        elif len(row.name) > LONGEST_NAME:
            row.problems.append(("name", "too_long"))
        row.description = self._text("description") or self._text("short_description")
        if len(row.description) > LONGEST_DESCRIPTION:
            row.description = to_plain(row.description)[:LONGEST_DESCRIPTION]
            row.warnings.append(("description", "shortened"))
        options = [self._text(name) for name in ("variant", "options_1", "options_2")]
        row.variant_name = plain_text(", ".join(filter(None, options))).value[:120]
        if row.is_parent or ("type" in self._columns and not row.parent):
            row.variant_name = ""  # the attributes of a simple product are no choice

    def _read_category(self) -> None:
        said = self._text("category")
        for part in re.split(r"[>,;|/]", said):
            if found := _categories().get(fold(part)):
                self._row.category = found
                return
        guess = guess_category(self._row.name)
        if guess == FALLBACK_CATEGORY:
            guess = guess_category(said, self._shop)
        self._row.category = guess
        if said:
            self._row.warnings.append(("category", "guessed"))

    def _read_vat(self) -> None:
        text = self._text("vat").replace("%", "").strip()
        if not text:
            return
        try:
            rate = read_decimal(text)
        except ValueError:
            self._row.warnings.append(("vat", "unknown_value"))
            return
        rate = rate * 100 if 0 < rate < 1 else rate  # a percentage cell of a spreadsheet: 0.055
        code = _RATES.get(rate.normalize() if rate else Decimal(0))
        if code is None:
            self._row.warnings.append(("vat", "unknown_value"))
        else:
            self._row.vat_code = code

    def _read_price(self) -> None:
        row, gross, net = self._row, self._text("price"), self._text("net_price")
        try:
            if gross or "net_price" not in self._columns:
                row.price_cents = read_price(gross)
            else:
                code = row.vat_code or _vat_of(row.category)
                bare = read_price(net)
                row.price_cents = require_price(
                    round_half_up(bare * (10_000 + _RATE_BP[VatCode(code)]), 10_000)
                )
                row.warnings.append(("price", "tax_added"))
        except BadPriceError:
            row.problems.append(("price", "not_a_price" if gross or net else "missing"))

    def _read_book(self) -> None:
        """Read what a publisher asks; of anything but books it is left aside."""
        row, typed = self._row, self._text("publisher_price")
        if not typed or row.category != BOOKS:
            return
        try:
            row.publisher_price_cents = read_price(typed)
        except BadPriceError:
            row.problems.append(("publisher_price", "not_a_price"))
            return
        row.is_old_stock = fold(self._text("is_old_stock")) not in {"", *_NO}

    def _read_stock(self) -> None:
        text = self._text("stock")
        if not text:
            return
        whole = re.sub(r"[.,]0+$", "", text)
        try:
            self._row.stock = read_quantity(whole, least=0, most=MOST_STOCK)
        except BadQuantityError:
            self._row.problems.append(("stock", "not_a_count"))

    def _read_measures(self) -> None:
        row = self._row
        text = f"{self._text('net_quantity')} {self._text('net_unit')}".strip()
        if self._text("net_quantity"):
            row.net_quantity, row.net_unit = read_measure(text)
            if row.net_quantity is None:
                row.warnings.append(("net_quantity", "unknown_value"))
        for name, factor in (("weight_kg", 1000), ("weight_g", 1)):
            if self._text(name) and not row.weight_grams:
                row.weight_grams = _grams(self._text(name), factor)

    def _read_gtin(self) -> None:
        text = re.sub(r"[\s-]", "", self._text("gtin"))
        if not text:
            return
        if _SCIENTIFIC.fullmatch(text):  # a spreadsheet has eaten its last digits
            self._row.warnings.append(("gtin", "scientific"))
        elif is_gtin(text):
            self._row.gtin = text
        else:
            self._row.warnings.append(("gtin", "bad_check_digit"))

    def _read_maker(self) -> None:
        """Read who makes or publishes it, where the kind of product has that asked (GPSR)."""
        if not asks_for_maker(self._row.category):
            return
        typed = {
            name: plain_text(self._text(name)).value.strip()[:LONGEST_MAKER] for name in SAFETY
        }
        self._row.safety = {name: text for name, text in typed.items() if text}

    def _read_durability(self) -> None:
        """Read what the kind of product speaks of; a word that cannot be is left aside."""
        known = sayable(self._row.category)
        if not known:
            return
        kind = next((name for name in INDEX_KINDS if self._text(name)), "")
        typed = {name: plain_text(self._text(name)).value.strip() for name in known & _TOLD}
        typed |= {"index_kind": kind, "index_score": self._text(kind)} if kind else {}
        try:
            self._row.durability = check_durability(only_sayable(typed, known))
        except ValueError as refused:
            self._row.warnings.append(
                (_COLUMN_OF.get(str(refused), kind or "spare_parts"), str(refused))
            )

    def _read_allergens(self) -> None:
        text = fold(self._text("allergens"))
        if not text:
            return
        if text in _NONE:
            self._row.allergens = ()
            return
        parts = [part.strip() for part in re.split(r"[,;/+]| et ", text) if part.strip()]
        found = {code for part in parts for word, code in _ALLERGENS.items() if word in part}
        unknown = [part for part in parts if not any(word in part for word in _ALLERGENS)]
        if unknown:  # never half a list: it would read as the whole
            self._row.warnings.append(("allergens", "unknown_value"))
        else:
            self._row.allergens = tuple(sorted(found))


def _key(row: ParsedRow) -> str:
    for kind, text in (("sku", row.sku), ("id", row.row_id)):
        if text:
            return f"{kind}:{text}"[:120]
    return f"name:{fold(row.name)}"[:120]


@cache
def _categories() -> Mapping[str, str]:
    """Return the keys of the leaves, by key and by folded name."""
    leaves = [spec for spec in product_categories() if spec.parent]
    return {text: spec.key for spec in leaves for text in (spec.key, fold(spec.name))}


@cache
def _vat_of(category: str) -> str:
    specs = {spec.key: spec.vat_code for spec in product_categories()}
    return specs.get(category, VatCode.STANDARD)


def _grams(text: str, factor: int) -> int:
    bare = text.replace(",", ".").strip()
    whole, _dot, rest = bare.partition(".")
    if not _DIGITS.fullmatch(whole or "0") or (rest and not _DIGITS.fullmatch(rest)):
        return 0
    grams = Decimal(f"{whole or 0}.{rest or 0}") * factor
    return int(grams) if grams < MOST_STOCK else 0
