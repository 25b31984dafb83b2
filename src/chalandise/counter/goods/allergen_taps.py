"""The allergens of a product in taps: each of the fourteen, none of them, or those of the last one.

« As in Pain: gluten, milk » carries in its value the list that stands beside it. What the merchant read
is what customers read, whatever a colleague has put on the shelf in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from typing_extensions import override

from chalandise.catalogue.models import Product
from chalandise.catalogue.states import Allergen

NONE, SAME = "none", "same:"
_FOURTEEN = frozenset(Allergen.values)


class AllergenTaps(forms.MultipleChoiceField):
    """The question, with nothing ticked.

    Args:
        like: the product whose allergens one tap says again; None for the first of its kind.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, like: Product | None) -> None:
        choices = _choices(like)
        super().__init__(label=_("Allergens in it"), choices=choices, required=False)
        self._offered = frozenset(key for key, _label in choices)

    @override
    def valid_value(self, value: str) -> bool:
        """Take a list that was offered before the page was read, if each of it is an allergen."""
        return super().valid_value(value) or bool(_carried(value))

    @override
    def prepare_value(self, value: Any) -> Any:
        """Tick one by one what was said in a tap that this page no longer offers."""
        if not isinstance(value, list):
            return value
        ticked: list[str] = []
        for tap in value:
            ticked += [tap] if tap in self._offered else sorted(_carried(tap))
        return ticked


def allergens_said(taps: Iterable[str]) -> list[str]:
    """Return the allergens that the taps say together."""
    return sorted({one for tap in taps for one in _carried(tap) or {tap} & _FOURTEEN})


def _carried(tap: str) -> frozenset[str]:
    """Return the allergens that a tap carries; none if it carries anything else."""
    some = frozenset(tap.removeprefix(SAME).split(",")) if tap.startswith(SAME) else frozenset()
    return some if some <= _FOURTEEN else frozenset()


def _choices(like: Product | None) -> list[tuple[str, str]]:
    choices = [(NONE, _("None of the fourteen")), *Allergen.choices]
    before = like.allergens if like else None
    if like and before and len(before) > 1:
        names = ", ".join(str(Allergen(one).label) for one in before)
        text = _("As in %(product)s: %(allergens)s") % {"product": like.name, "allergens": names}
        choices.insert(0, (SAME + ",".join(before), text))
    return [(key, str(label)) for key, label in choices]
