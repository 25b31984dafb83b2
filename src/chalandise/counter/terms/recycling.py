"""The identifiers of producer responsibility that a seller holds for all it sells (C. env. L541-10-9)."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from typing_extensions import override

from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.sheets import EPR_STREAMS, NOT_CONCERNED, is_idu
from chalandise.web.epr_words import say_stream

_EPR = "epr_"


class IdentifierField(forms.CharField):
    """One identifier, however its letters and spaces were typed."""

    @override
    def clean(self, value: object) -> str:
        """Return ``FR123456_01ABCD`` or nothing.

        Raises:
            ValidationError: it has another shape.
        """
        text = "".join(str(super().clean(value)).split()).upper()
        if text and not is_idu(text):
            raise forms.ValidationError(_("Write it like FR123456_01ABCD."))
        return text


def identifier_fields(profile: SellerProfile | None) -> dict[str, forms.Field]:
    """Return one optional line for each stream of the law, packaging first."""
    held = _held(profile)
    return {
        _EPR + stream: IdentifierField(
            label=capfirst(say_stream(stream)),
            required=False,
            max_length=30,
            initial="" if held.get(stream) == NOT_CONCERNED else held.get(stream, ""),
            widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "FR123456_01ABCD"}),
        )
        for stream in EPR_STREAMS
    }


def identifiers_typed(said: Mapping[str, str], profile: SellerProfile | None) -> dict[str, str]:
    """Return what the profile keeps; a stream that was declared needless stays so while unsaid."""
    held = _held(profile)
    kept = {stream: NOT_CONCERNED for stream in EPR_STREAMS if held.get(stream) == NOT_CONCERNED}
    typed = {stream: said[_EPR + stream] for stream in EPR_STREAMS}
    return kept | {stream: text for stream, text in typed.items() if text}


def is_identifier(name: str) -> bool:
    """Tell whether a field of the form is one of these lines."""
    return name.startswith(_EPR)


def _held(profile: SellerProfile | None) -> dict[str, str]:
    return profile.epr_ids if profile else {}
