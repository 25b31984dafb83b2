"""The form of a product: only what its category asks, everything typed kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from chalandise.catalogue.actions.shelf import LONGEST_NAME
from chalandise.catalogue.books import PUBLISHED, is_new_book
from chalandise.catalogue.fields import LONGEST_DESCRIPTION
from chalandise.catalogue.fish import FISH_BRANCH, FISH_SHEET
from chalandise.catalogue.models import Offer, Product, ProductCategory
from chalandise.catalogue.queries.publishing import profile_of
from chalandise.catalogue.sheets import LONGEST_TEXT, NOT_CONCERNED
from chalandise.catalogue.states import (
    Allergen,
    ProductKind,
    ProductLabel,
    WithdrawalException,
)
from chalandise.counter.goods.book_words import (
    is_filed_with_books,
    name_publisher,
    old_stock_field,
    publisher_price_field,
    typed_publisher_price,
)
from chalandise.counter.goods.durability_fields import (
    DURABILITY_FIELDS,
    changed_durability,
    durability_fields,
    said_of,
)
from chalandise.counter.goods.fish_fields import ask_for_waters, fish_fields, fish_said
from chalandise.counter.goods.shelf_words import say_maker
from chalandise.directory.rich_text import to_plain
from chalandise.web.epr_words import say_stream

LOOSE_CHOICES = [
    ("", gettext_lazy("packed, with a label")),
    ("no", gettext_lazy("loose, or wrapped before the customer")),
]
_FOOD = ("ingredients", "storage", "operator_name", "operator_address", "nutrition", "use")
SEASONAL = frozenset({"fruits-legumes", "mer-riviere", "fleurs-plantes"})
"""Branches whose goods come and go with the months."""
_MAKER = ("manufacturer_name", "manufacturer_address", "manufacturer_email")
_PROPOSED = ("season_months", "withdrawal_exception", "is_perishable")
_SAFETY = (
    *_MAKER,
    "responsible_name",
    "responsible_address",
    "responsible_email",
    "identifier",
    "warnings",
)


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the leaves that may be sold, under their branches."""
    leaves = (
        ProductCategory.objects.filter(parent__isnull=False, is_blocked=False)
        .select_related("parent")
        .order_by("parent__position", "parent__key", "position", "key")
    )
    grouped: dict[str, list[tuple[str, str]]] = {}
    for leaf in leaves:
        parent = leaf.parent.shown_name if leaf.parent else ""
        grouped.setdefault(parent, []).append((leaf.pk, leaf.shown_name))
    return list(grouped.items())


def _line(label: Any, *, longest: int = 200, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _lines(label: Any, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ProductForm(forms.Form):
    """What a product is: its own words, and what the law asks of its category."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    category = forms.ChoiceField(
        label=gettext_lazy("Kind of product"),
        help_text=gettext_lazy("Proposed from the name; change it if it is wrong."),
    )
    description = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    origin = _line(gettext_lazy("Where does it come from?"), longest=120)
    is_made_here = forms.BooleanField(
        label=gettext_lazy("Made in my workshop or on my farm"), required=False
    )
    allergens = forms.MultipleChoiceField(
        label=gettext_lazy("Allergens in it"),
        required=False,
        choices=Allergen.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    no_allergens = forms.BooleanField(label=gettext_lazy("None of them"), required=False)
    is_prepacked = forms.ChoiceField(
        label=gettext_lazy("How is it sold?"), required=False, choices=LOOSE_CHOICES
    )
    ingredients = _lines(gettext_lazy("Ingredients"))
    storage = _lines(gettext_lazy("How to keep it, until when"), rows=2)
    operator_name = _line(gettext_lazy("Made or packed by"))
    operator_address = _line(gettext_lazy("Their address"))
    nutrition = _lines(gettext_lazy("Nutrition facts"), rows=2)
    use = _lines(gettext_lazy("How to use it"), rows=2)
    alcohol_degree = _line(gettext_lazy("Alcohol (% of volume)"), longest=6, inputmode="decimal")
    minimum_age = _line(gettext_lazy("Sold from this age"), longest=2, inputmode="numeric")
    is_own_make = forms.BooleanField(label=gettext_lazy("I make it myself"), required=False)
    manufacturer_name = _line(gettext_lazy("Manufacturer"))
    manufacturer_address = _line(gettext_lazy("Manufacturer’s address"))
    manufacturer_email = _line(gettext_lazy("Manufacturer’s e-mail"), inputmode="email")
    responsible_name = _line(
        gettext_lazy("Responsible in the Union"),
        help_text=gettext_lazy("Only where the manufacturer is outside the European Union."),
    )
    responsible_address = _line(gettext_lazy("Their postal address"))
    responsible_email = _line(gettext_lazy("Their e-mail or website"), inputmode="email")
    identifier = _line(gettext_lazy("Model or batch"))
    warnings = _lines(gettext_lazy("Safety warnings"), rows=2)
    season_months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("In season in"),
        help_text=gettext_lazy("Nothing ticked: all year round."),
        required=False,
        coerce=int,
        choices=[(number, MONTHS[number]) for number in range(1, 13)],
        widget=forms.CheckboxSelectMultiple,
    )
    withdrawal_exception = forms.ChoiceField(
        label=gettext_lazy("If the customer changes their mind"),
        help_text=gettext_lazy(
            "Only these reasons of the law take the fourteen days away. When in doubt, leave the first."
        ),
        required=False,
        choices=WithdrawalException.choices,
    )
    is_perishable = forms.BooleanField(
        label=gettext_lazy("Keeps a few days only"),
        help_text=gettext_lazy("Then no crossed-out price is shown."),
        required=False,
    )
    labels = forms.MultipleChoiceField(
        label=gettext_lazy("Official labels"),
        required=False,
        choices=ProductLabel.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, product: Product) -> None:
        self.product = product
        self.asked = _asked_of(product)
        super().__init__(data, initial=_initial_of(product))
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)  # noqa: S101 - declared above
        category.choices = [*category_choices(), *_own_if_blocked(product)]
        for name in [one for one in self.fields if one not in self.asked]:
            del self.fields[name]
        if maker := self.fields.get("is_own_make"):
            maker.help_text = say_maker(profile_of(product.establishment.organisation))
        self.book = _only_form(product) if is_filed_with_books(product) else None
        if self.book is not None:
            self.fields["publisher_price"] = publisher_price_field()
            self.fields["is_old_stock"] = old_stock_field()
            self.initial["publisher_price"] = typed_publisher_price(self.book)
            self.initial["is_old_stock"] = self.book.is_old_stock
        if product.category_id in PUBLISHED:
            name_publisher(self.fields)
        self.fields.update(durability_fields(product))
        if product.category.parent_id == FISH_BRANCH and product.kind == ProductKind.SIMPLE:
            self.fields.update(fish_fields(product.food_sheet))
            ask_for_waters(self.fields)
        self.streams = [
            one.partition(":")[2] for one in product.category.requirements if one.startswith("idu:")
        ]
        for stream in self.streams:
            known = str(product.epr_ids.get(stream, ""))
            self.fields[f"epr_{stream}"] = _line(
                _("Recycling number for “%(stream)s”") % {"stream": say_stream(stream)},
                longest=20,
                help_text=_("Like FR123456_01ABCD; your supplier or eco-organisation gives it."),
            )
            self.fields[f"free_{stream}"] = forms.BooleanField(
                label=_("Not concerned by “%(stream)s”") % {"stream": say_stream(stream)},
                required=False,
            )
            self.initial[f"epr_{stream}"] = "" if known == NOT_CONCERNED else known
            self.initial[f"free_{stream}"] = known == NOT_CONCERNED

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings, those that are asked of this product."""
        wanted = [
            ("", ["name", "category", "description", "origin", "is_made_here"]),
            (_("The price of a new book"), ["publisher_price", "is_old_stock"]),
            (_("The fish"), list(FISH_SHEET)),
            (_("Allergens"), ["allergens", "no_allergens"]),
            (_("The food label"), ["is_prepacked", *_FOOD]),
            (_("Alcohol and age"), ["alcohol_degree", "minimum_age"]),
            (
                _("Who publishes it")
                if self.product.category_id in PUBLISHED
                else _("Who makes it"),
                ["is_own_make", *_SAFETY],
            ),
            (_("How long it lasts, who repairs it"), list(DURABILITY_FIELDS)),
            (
                _("Recycling"),
                [name for one in self.streams for name in (f"epr_{one}", f"free_{one}")],
            ),
            (_("Labels"), ["labels"]),
            (_("Season"), ["season_months"]),
            (_("Keeping and taking back"), ["withdrawal_exception", "is_perishable"]),
        ]
        groups = [
            (title, [self[one] for one in names if one in self.fields]) for title, names in wanted
        ]
        return [(title, fields) for title, fields in groups if fields]

    @override
    def clean(self) -> dict[str, Any]:
        """Hold out for one answer about allergens."""
        said = super().clean() or self.cleaned_data
        if said.get("no_allergens") and said.get("allergens"):
            text = _("Either some of them or none: untick one of the two.")
            self.add_error("no_allergens", text)
        return said

    @property
    def is_new_book(self) -> bool:
        """Whether what is said makes it a book whose price its publisher fixes."""
        said = self.cleaned_data
        return self.book is not None and is_new_book(said["category"], said["labels"])

    def changes(self) -> dict[str, object]:
        """Return what `catalogue.actions.edit_product` takes."""
        said, product = self.cleaned_data, self.product
        plain = ("name", "category", "origin", "is_made_here", "labels", "minimum_age")
        changes: dict[str, object] = {name: said[name] for name in plain if name in said}
        if "minimum_age" in changes:
            changes["minimum_age"] = changes["minimum_age"] or 0
        # Only what was touched: else a new category would not bring its proposal.
        changes |= {name: said[name] for name in _PROPOSED if name in self.changed_data}
        if "alcohol_degree" in said:
            changes["alcohol_degree"] = said["alcohol_degree"]
        if said["description"] != to_plain(product.description):
            changes["description"] = said["description"]
        if "allergens" in said:
            some = said["allergens"]
            changes["allergens"] = some or ([] if said.get("no_allergens") else None)
        label = {name: said[name] for name in (*_FOOD, "is_prepacked") if name in said}
        if sheet := label | fish_said(said):
            changes["food_sheet"] = {**product.food_sheet, **sheet}
        if "is_own_make" in said:
            safety = dict(product.safety)
            safety.update({name: said[name] for name in _SAFETY if name in said})
            safety["is_own_make"] = "yes" if said["is_own_make"] else ""
            changes["safety"] = safety
        if any(name in said for name in DURABILITY_FIELDS):
            changes["durability"] = changed_durability(product, said)
        if self.streams:
            numbers = dict(product.epr_ids)
            for stream in self.streams:
                is_free = said.get(f"free_{stream}")
                numbers[stream] = (
                    NOT_CONCERNED if is_free else said.get(f"epr_{stream}", "").strip()
                )
            changes["epr_ids"] = {key: text for key, text in numbers.items() if text}
        return changes


def field_of(refused: str) -> str:
    """Return the field of the form that shows a refusal of a field of the product."""
    return {"food_sheet": "ingredients", "safety": "is_own_make"}.get(refused, refused)


def _asked_of(product: Product) -> set[str]:
    asked = {"name", "category", "description", "origin", "is_made_here", "labels"}
    if product.kind == ProductKind.BASKET:
        return asked
    asked |= {"withdrawal_exception", "is_perishable"}
    needs = set(product.category.requirements)
    if product.category.parent_id in SEASONAL or product.season_months:
        asked.add("season_months")
    if "allergens" in needs or product.allergens is not None:
        asked |= {"allergens", "no_allergens"}
    if "food_sheet" in needs or product.food_sheet.keys() - set(FISH_SHEET):
        asked |= {"is_prepacked", *_FOOD}
    if "manufacturer" in needs or product.safety:
        asked |= {"is_own_make", *_SAFETY}
    if "publisher" in needs:
        asked |= {"is_own_make", *_MAKER}
    if "alcohol_degree" in needs or product.category.is_alcohol or product.alcohol_degree:
        asked.add("alcohol_degree")
    if "minimum_age" in needs or product.minimum_age:
        asked.add("minimum_age")
    return asked


def _only_form(product: Product) -> Offer | None:
    """Return the offer of a product that has one form; several are priced on pages of their own."""
    variants = list(product.variants.all())
    return variants[0].offer if len(variants) == 1 else None


def _initial_of(product: Product) -> dict[str, Any]:
    degree = product.alcohol_degree
    return {
        **{name: product.food_sheet.get(name, "") for name in (*_FOOD, "is_prepacked")},
        **{name: product.safety.get(name, "") for name in _SAFETY},
        **said_of(product),
        "name": product.name,
        "category": product.category_id,
        "description": to_plain(product.description),
        "origin": product.origin,
        "is_made_here": product.is_made_here,
        "allergens": product.allergens or [],
        "no_allergens": product.allergens == [],
        "is_own_make": product.safety.get("is_own_make") == "yes",
        "alcohol_degree": "" if degree is None else f"{degree:g}".replace(".", ","),
        "minimum_age": product.minimum_age or "",
        "labels": product.labels,
        "season_months": product.season_months,
        "withdrawal_exception": product.withdrawal_exception,
        "is_perishable": product.is_perishable,
    }


def _own_if_blocked(product: Product) -> list[tuple[str, str]]:
    category = product.category
    return (
        [(category.pk, category.shown_name)]
        if category.is_blocked or not category.parent_id
        else []
    )
