"""What a merchant may say of how long a product lasts: fields of the kinds of product it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from chalandise.catalogue.durability import LONGEST, sayable
from chalandise.catalogue.models import Product
from chalandise.catalogue.states import ProductKind

DURABILITY_FIELDS = (
    "guarantee_years",
    "guarantee_producer",
    "index_kind",
    "index_score",
    "spare_parts",
    "updates",
    "after_sales",
    "take_back",
)
_REFUSED = {
    "few_years": "guarantee_years",
    "no_years": "guarantee_years",
    "no_producer": "guarantee_producer",
    "not_an_index": "index_score",
}


def durability_fields(product: Product) -> dict[str, forms.Field]:
    """Return the fields, in their order; none for most products."""
    if product.kind == ProductKind.BASKET:
        return {}
    known = sayable(product.category_id)
    return {name: field for name, field in _fields().items() if name in known}


def said_of(product: Product) -> dict[str, str]:
    """Return what is said already, as it is typed."""
    said = dict(product.durability)
    if score := said.get("index_score"):
        said["index_score"] = score.replace(".", ",")
    return said


def changed_durability(product: Product, said: Mapping[str, Any]) -> dict[str, str]:
    """Return the sheet with what was typed; what the kind of product does not speak of stays."""
    typed = {name: said[name] for name in DURABILITY_FIELDS if name in said}
    return {**product.durability, **typed}


def field_refused(reason: str) -> str:
    """Return the field of the form that shows a refusal of the sheet."""
    return _REFUSED.get(reason, "")


def _fields() -> dict[str, forms.Field]:
    return {
        "guarantee_years": _line(
            gettext_lazy("Guaranteed by the producer for (years)"),
            gettext_lazy(
                "Only where the producer itself guarantees the whole product, free of charge, for over"
                " two years (the European GARAN label). Otherwise leave it blank."
            ),
            inputmode="numeric",
        ),
        "guarantee_producer": _line(
            gettext_lazy("Producer who guarantees it"),
            gettext_lazy("The name on the label, with the model where it is given."),
        ),
        "index_kind": forms.ChoiceField(
            label=gettext_lazy("Index given by the manufacturer"),
            required=False,
            choices=[
                ("repairability", gettext_lazy("repairability index")),
                ("durability", gettext_lazy("durability index")),
            ],
        ),
        "index_score": _line(
            gettext_lazy("Score out of 10"),
            gettext_lazy("Such as 7,8. It stands beside the price, as the law asks."),
            inputmode="decimal",
        ),
        "spare_parts": _line(
            gettext_lazy("Spare parts"),
            gettext_lazy("For how long and where: “10 years, ordered at the shop”."),
        ),
        "updates": _line(
            gettext_lazy("Software updates"),
            gettext_lazy("Until when, for what is connected: “free until 2031”."),
        ),
        "after_sales": _line(
            gettext_lazy("After-sales service"),
            gettext_lazy("Who repairs and on which terms: “repaired in our workshop”."),
        ),
        "take_back": _line(
            gettext_lazy("The old one taken back"),
            gettext_lazy("In your own words; left blank, customers read what the law says."),
        ),
    }


def _line(label: Any, help_text: Any, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )
