"""The field in which a price is typed."""

from __future__ import annotations

from django import forms
from typing_extensions import override

from chalandise.catalogue.errors import BadPriceError
from chalandise.catalogue.prices import read_price
from chalandise.counter.goods.shelf_words import say_bad_price


class PriceField(forms.CharField):
    """A price as people type it; cleaned to cents."""

    def __init__(self, **kwargs: object) -> None:
        values: dict[str, object] = {
            "max_length": 20,
            "widget": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        }
        super().__init__(**values)  # type: ignore[arg-type]

    @override
    def clean(self, value: object) -> object:
        """Return cents; None for a blank that may be one."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return read_price(str(typed))
        except BadPriceError:
            raise forms.ValidationError(say_bad_price()) from None
