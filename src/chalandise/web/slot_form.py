"""Choosing another slot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chalandise.logistics.values import SlotDay
from chalandise.web.slot_choices import slot_choices


class SlotForm(forms.Form):
    """One slot among those that are left."""

    slot = forms.ChoiceField(
        label=_("When?"),
        error_messages={
            "invalid_choice": _("This time is no longer among the choices. Choose another one.")
        },
    )

    def __init__(self, data: Any, *, days: Iterable[SlotDay]) -> None:
        super().__init__(data)
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = slot_choices(days)

    def starts_at(self) -> datetime:
        """Return the start of the slot that was chosen."""
        return datetime.fromisoformat(self.cleaned_data["slot"])
