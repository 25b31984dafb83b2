"""The link of the reminder: one tap says « still right ».

Signed, bound to the sheet and to the confirmation it asks about: used once, it no longer opens.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError

SALT = "chalandise.directory.still-right"
LASTS = timedelta(days=45)


def reminder_token(establishment: Establishment) -> str:
    """Return the token of the link for an establishment as it stands."""
    return signing.dumps([establishment.pk, _edition(establishment)], salt=SALT)


def get_reminded(token: str) -> Establishment:
    """Return the establishment a token was made for.

    Raises:
        NotFoundError: made up, too old, or already used.
    """
    try:
        pk, edition = signing.loads(token, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFoundError from None
    found = (
        Establishment.objects.filter(pk=pk, claimed_at__isnull=False)
        .published()
        .with_card()
        .first()
    )
    if found is None or _edition(found) != edition:
        raise NotFoundError
    return found


def _edition(establishment: Establishment) -> int:
    verified_at = establishment.hours_verified_at
    return int(verified_at.timestamp()) if verified_at else 0
