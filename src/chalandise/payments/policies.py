"""Who may do what with money."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalandise.payments.errors import SignInNotFreshError

FRESH = timedelta(minutes=10)


def require_fresh_sign_in(signed_in_at: datetime | None, *, at: datetime) -> None:
    """Let somebody near a payout account only if they have just proved who they are (fault 24).

    Raises:
        SignInNotFreshError: they must sign in again.
    """
    if signed_in_at is None or not timedelta() <= at - signed_in_at <= FRESH:
        raise SignInNotFreshError
