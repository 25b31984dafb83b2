"""A merchant's own file brought to the shelf: tried first, then written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min

from chalandise.catalogue.actions.prices import change_price, price_book
from chalandise.catalogue.books import is_new_book, refusal_of
from chalandise.catalogue.events import PriceChanged, ProductChanged
from chalandise.catalogue.green_claims import green_claims
from chalandise.catalogue.importing.columns import check_columns, digest_of, guess_columns
from chalandise.catalogue.importing.parsing import ParsedRow, parse_rows
from chalandise.catalogue.importing.report import ImportReport, RowReport
from chalandise.catalogue.importing.tables import read_table
from chalandise.catalogue.models import (
    ImportMapping,
    Offer,
    PriceChange,
    Product,
    ProductCategory,
    Promotion,
    Variant,
)
from chalandise.catalogue.queries.makers import Makers
from chalandise.catalogue.slugs import product_slug
from chalandise.catalogue.soldes import is_out_of_season
from chalandise.directory.models import Establishment
from chalandise.directory.rich_text import clean_html
from chalandise.journal.actions import emit_all, record
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key

BATCH = 1000


@dataclass
class _Group:
    """The rows that make one product: one, or a parent and its variants."""

    key: str
    rows: list[ParsedRow] = field(default_factory=list)
    parent: ParsedRow | None = None

    @property
    def head(self) -> ParsedRow:
        return self.parent or self.rows[0]


def import_products(
    establishment: Establishment,
    content: bytes,
    *,
    by: Actor,
    at: datetime,
    columns: Mapping[str, int] | None = None,
    is_dry_run: bool = False,
    leaving_out_refused: bool = False,
) -> ImportReport:
    """Read a file of products and, unless it is a try, write it whole or not at all.

    Products are made as drafts; `publish_product` shows those of which nothing is missing. A second
    import of the same file changes nothing; one with other prices changes the prices.

    Args:
        establishment: whose shelf.
        content: the file, CSV or XLSX, whatever its name.
        by: who brings it.
        at: when.
        columns: which column says what; remembered for files of the same headings, and guessed the
            first time.
        is_dry_run: only tell what would become of each row.
        leaving_out_refused: write the good rows of a file that has bad ones.

    Raises:
        ImportRefusedError: the file as a whole cannot be read; nothing is written.
    """
    table = read_table(content)
    chosen = dict(columns) if columns is not None else _columns_for(establishment, table.header)
    check_columns(chosen, table.header)
    rows = list(parse_rows(table, chosen, shop_category=establishment.category_id))
    groups = _groups(rows)
    _warn_of_words(rows, at.astimezone(ZoneInfo(establishment.timezone)))
    known = _known(establishment, groups)
    with transaction.atomic():
        writer = _Writer(establishment, known, by=by, at=at)
        outcomes = {group.key: writer.outcome(group) for group in groups}
        is_clean = leaving_out_refused or not any(row.problems for row in rows)
        groups_of = _by_row(groups)
        reports = tuple(
            _report(row, outcomes.get(groups_of.get(row.number, ""), "refused")) for row in rows
        )
        header = tuple(table.header)
        if is_dry_run or not is_clean:
            return ImportReport(header, chosen, reports, is_applied=False)
        writer.write(group for group in groups if outcomes[group.key] != "refused")
        _remember(establishment, table.header, chosen, at=at)
    return ImportReport(
        header,
        chosen,
        reports,
        is_applied=True,
        stock=writer.stock,
        product_ids=tuple(writer.touched),
    )


def _columns_for(establishment: Establishment, header: list[str]) -> dict[str, int]:
    remembered = ImportMapping.objects.filter(
        establishment=establishment, header_digest=digest_of(header)
    ).first()
    return dict(remembered.columns) if remembered else guess_columns(header)


def _remember(
    establishment: Establishment, header: list[str], columns: dict[str, int], *, at: datetime
) -> None:
    ImportMapping.objects.update_or_create(
        establishment=establishment,
        header_digest=digest_of(header),
        defaults={"columns": columns, "used_at": at},
    )


def _warn_of_words(rows: Iterable[ParsedRow], here: datetime) -> None:
    """Say of each row whether it says « soldes » out of season (L310-3), or claims to be green."""
    for row in rows:
        texts = (row.name, row.variant_name, row.description)
        if is_out_of_season(texts, here):
            row.warnings.append(("name", "soldes"))
        if green_claims(texts, category_key=row.category):
            row.warnings.append(("name", "green"))


def _groups(rows: Iterable[ParsedRow]) -> list[_Group]:
    """Gather variants under their product, wherever they stand in the file."""
    rows = list(rows)
    by_reference: dict[str, str] = {}
    for row in rows:
        if not row.parent:
            for reference in filter(None, (row.sku, row.row_id)):
                by_reference.setdefault(reference, row.key)
    groups: dict[str, _Group] = {}
    for row in rows:
        key = by_reference.get(row.parent, "") if row.parent else row.key
        if row.parent and not key:
            row.problems.append(("parent", "unknown_value"))
            key = row.key
        if row.variant_name and not row.parent:  # « Confiture », 250 g; « Confiture », 500 g
            key = f"name:{row.name.casefold()}"[:120]
        group = groups.setdefault(key, _Group(key))
        if row.is_parent:
            group.parent = row
        else:
            _add_variant(group, row)
    return [group for group in groups.values() if group.rows or _lonely(group)]


def _add_variant(group: _Group, row: ParsedRow) -> None:
    if any(other.variant_name == row.variant_name for other in group.rows):
        row.problems.append(("key", "same_row_twice"))
    group.rows.append(row)


def _lonely(group: _Group) -> bool:
    if group.parent is not None:
        group.parent.problems.append(("variant", "missing"))
    return True


def _by_row(groups: Iterable[_Group]) -> dict[int, str]:
    return {
        row.number: group.key
        for group in groups
        for row in (*group.rows, *([group.parent] if group.parent else []))
    }


def _report(row: ParsedRow, outcome: str) -> RowReport:
    problems = tuple(row.problems)
    if outcome == "refused" and not problems:  # a variant falls with its product
        problems = (("product", "another_row"),)
    return RowReport(row.number, row.name, outcome, problems, tuple(row.warnings))


def _known(establishment: Establishment, groups: list[_Group]) -> dict[str, Product]:
    return {
        one.import_key: one
        for one in Product.objects.filter(
            establishment=establishment, import_key__in=[group.key for group in groups]
        ).prefetch_related("variants__offer")
    }


class _Writer:
    """Writes the groups of one file, new products by the thousand."""

    def __init__(
        self, establishment: Establishment, known: dict[str, Product], *, by: Actor, at: datetime
    ) -> None:
        self._establishment, self._known, self._by, self._at = establishment, known, by, at
        self._categories = {
            one.pk: one for one in ProductCategory.objects.filter(parent__isnull=False)
        }
        self._makers = Makers(establishment.organisation_id)
        self.stock: dict[int, int] = {}
        self.touched: list[int] = []

    def outcome(self, group: _Group) -> str:
        """Tell what would become of a group."""
        rows = [*group.rows, *([group.parent] if group.parent else [])]
        category = self._categories.get(group.head.category)
        if category is None or category.is_blocked:
            group.head.problems.append(("category", "not_sold_here"))
        here = self._known.get(group.key)
        self._check_books(here, group)
        if any(row.problems for row in rows):
            return "refused"
        if here is None:
            return "created"
        return "updated" if self._differs(here, group) else "unchanged"

    def write(self, groups: Iterable[_Group]) -> None:
        """Write groups of which nothing is wrong; call it inside the transaction."""
        wanted = list(groups)
        new = [group for group in wanted if group.key not in self._known]
        for start in range(0, len(new), BATCH):
            self._create(new[start : start + BATCH])
        for group in wanted:
            here = self._known.get(group.key)
            if here is not None:
                self._update(here, group)
        if self.touched:
            detail = {"products": len(self.touched)}
            record(
                self._establishment, "products_imported", by=self._by, at=self._at, detail=detail
            )
            emit_all([ProductChanged(pk) for pk in self.touched], at=self._at)

    def _create(self, groups: list[_Group]) -> None:
        products = Product.objects.bulk_create(self._product(group) for group in groups)
        self.touched.extend(one.pk for one in products)
        pairs = [
            (self._variant(product, row, position), row, product)
            for product, group in zip(products, groups, strict=True)
            for position, row in enumerate(group.rows)
        ]
        self._create_offers(pairs)

    def _create_offers(self, pairs: list[tuple[Variant, ParsedRow, Product]]) -> None:
        Variant.objects.bulk_create([variant for variant, _row, _product in pairs])
        offers = Offer.objects.bulk_create(
            Offer(
                variant=variant,
                price_cents=row.price_cents,
                vat_code=row.vat_code or self._categories[product.category_id].vat_code,
                publisher_price_cents=self._publisher_price(product, row),
                is_old_stock=row.is_old_stock,
                created_at=self._at,
            )
            for variant, row, product in pairs
        )
        PriceChange.objects.bulk_create(
            PriceChange(
                offer=offer,
                price_cents=offer.price_cents,
                changed_at=self._at,
                changed_by=self._by.label[:200],
            )
            for offer in offers
        )
        emit_all([PriceChanged(offer.pk) for offer in offers], at=self._at)
        for offer, (_variant, row, _product) in zip(offers, pairs, strict=True):
            if row.stock is not None:
                self.stock[offer.pk] = row.stock

    def _product(self, group: _Group) -> Product:
        head = group.head
        category = self._categories[head.category]
        return Product(
            slug=product_slug(head.name, self._establishment.name),
            establishment=self._establishment,
            category=category,
            name=head.name,
            sort_key=french_sort_key(head.name)[:200],
            description=clean_html(head.description) if head.description else "",
            origin=head.origin,
            allergens=None if head.allergens is None else list(head.allergens),
            durability=head.durability,
            food_sheet=head.food_sheet,
            safety=self._makers.completed(head.safety),
            minimum_age=category.minimum_age,
            is_perishable=category.is_perishable,
            withdrawal_exception=category.withdrawal_exception,
            import_key=group.key,
            created_at=self._at,
            updated_at=self._at,
        )

    def _variant(self, product: Product, row: ParsedRow, position: int) -> Variant:
        return Variant(
            product=product,
            name=row.variant_name,
            gtin=row.gtin,
            sku=row.sku,
            net_quantity=row.net_quantity,
            net_unit=row.net_unit,
            weight_grams=row.weight_grams,
            position=position,
        )

    def _differs(self, product: Product, group: _Group) -> bool:
        if product.name != group.head.name:
            return True
        here = {one.name: one.offer for one in product.variants.all()}
        return any(
            row.variant_name not in here
            or here[row.variant_name].price_cents != row.price_cents
            or self._is_priced_anew(product, here[row.variant_name], row)
            for row in group.rows
        )

    def _publisher_price(self, product: Product, row: ParsedRow) -> int | None:
        is_book = is_new_book(product.category_id, product.labels)
        return row.publisher_price_cents if is_book else None

    def _is_priced_anew(self, product: Product, offer: Offer, row: ParsedRow) -> bool:
        said = self._publisher_price(product, row)
        was = (offer.publisher_price_cents, offer.is_old_stock)
        return said is not None and was != (said, row.is_old_stock)

    def _check_books(self, here: Product | None, group: _Group) -> None:
        """Note beside the rows which prices of new books the law does not leave."""
        category, labels = (here.category_id, here.labels) if here else (group.head.category, ())
        if not is_new_book(category, labels):
            return
        offers = {one.name: one.offer for one in here.variants.all()} if here else {}
        for row in group.rows:
            offer = offers.get(row.variant_name)
            publisher, is_old = row.publisher_price_cents, row.is_old_stock
            if publisher is None and offer is not None:
                publisher, is_old = offer.publisher_price_cents, offer.is_old_stock
            asked = [row.price_cents, *([self._promised.get(offer.pk)] if offer else [])]
            reasons = (
                refusal_of(cents, publisher, is_old_stock=is_old) for cents in asked if cents
            )
            if reason := next(filter(None, reasons), ""):
                row.problems.append(("price", reason))

    @cached_property
    def _promised(self) -> dict[int, int]:
        """The lowest price that a promotion which is not over has announced, by offer."""
        running = Promotion.objects.filter(
            offer__variant__product__in=self._known.values(), ends_at__gt=self._at
        )
        return dict(running.values_list("offer").annotate(Min("price_cents")))

    def _update(self, product: Product, group: _Group) -> None:
        """Follow the file in name, prices and new variants; what a person wrote stays."""
        here = {one.name: one for one in product.variants.all()}
        if self._differs(product, group):
            self.touched.append(product.pk)
        if product.name != group.head.name:
            product.name = group.head.name
            product.sort_key = french_sort_key(product.name)[:200]
            product.updated_at = self._at
            product.save(update_fields=["name", "sort_key", "updated_at"])
        added = []
        for position, row in enumerate(group.rows):
            variant = here.get(row.variant_name)
            if variant is None:
                added.append((self._variant(product, row, position), row, product))
                continue
            if self._is_priced_anew(product, variant.offer, row):
                price_book(
                    variant.offer,
                    price_cents=row.price_cents,
                    publisher_price_cents=row.publisher_price_cents,
                    is_old_stock=row.is_old_stock,
                    by=self._by,
                    at=self._at,
                )
            elif (
                variant.offer.price_cents != row.price_cents and not variant.offer.is_weight_priced
            ):
                change_price(variant.offer, price_cents=row.price_cents, by=self._by, at=self._at)
            if row.stock is not None:
                self.stock[variant.offer.pk] = row.stock
        if added:
            self._create_offers(added)
