"""The two questions of signing in: which address, which code."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """Where to send the code."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email webauthn", "inputmode": "email", "autofocus": True}
        ),
    )

    def clean_email(self) -> str:
        """Fold the address: the same person whatever the capitals."""
        return str(self.cleaned_data["email"]).strip().lower()


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("The code received by e-mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, *args: object, expected: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.expected = expected

    def clean_code(self) -> str:
        """Compare, forgiving the spaces that people type around."""
        typed = "".join(str(self.cleaned_data["code"]).split())
        if not self.expected or not compare_user_code(actual=typed, expected=self.expected):
            raise get_adapter().validation_error("incorrect_code")
        return typed
