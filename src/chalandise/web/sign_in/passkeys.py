"""Where adding a passkey leads."""

from __future__ import annotations

from allauth.mfa.webauthn.views import AddWebAuthnView
from django.urls import reverse
from typing_extensions import override


class AddPasskey(AddWebAuthnView):
    """Adding a passkey ends on the list of passkeys; recovery codes belong to the second lock."""

    @override
    def get_success_url(self) -> str:
        return reverse("mfa_list_webauthn")


add_passkey = AddPasskey.as_view()
