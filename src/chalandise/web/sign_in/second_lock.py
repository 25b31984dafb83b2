"""What counts as a second lock.

A passkey is a key of its own: it opens the account without the code by e-mail. It is not a second
lock, so a merchant who adds one for convenience and loses the telephone still signs in by e-mail.
Only a code application, installed on purpose, is asked after the code.
"""

from __future__ import annotations

from collections.abc import Collection

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from typing_extensions import override

from chalandise.accounts.models import User

_ANY_SECOND_LOCK = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


class MFAAdapter(DefaultMFAAdapter):
    """The platform's answers to allauth's questions about second locks."""

    @override
    def is_mfa_enabled(self, user: User, types: Collection[str] | None = None) -> bool:
        asked = (
            [Authenticator.Type.TOTP] if types is None or set(types) == _ANY_SECOND_LOCK else types
        )
        return bool(super().is_mfa_enabled(user, types=asked))
