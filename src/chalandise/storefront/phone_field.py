"""A field that takes a telephone number as people write it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import override

from chalandise.directory.cleaning.phones import clean_phones


class PhoneField(forms.CharField):
    """Takes « 05 65 00 00 00 » and gives `+33565000000`; a foreign number begins with +."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 30)
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(widget=widget, **options)

    @override
    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        if not text:
            return ""
        number = clean_phones(text).value.primary
        if not number:
            raise ValidationError(self._refusal())
        return str(number)

    @staticmethod
    def _refusal() -> str:
        return _("This number is not complete. Write it with its ten digits.")
