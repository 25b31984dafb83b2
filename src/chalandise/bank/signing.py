"""Signing events: ``t=<seconds>,v1=<hex>``, an HMAC-SHA256 of ``t.body``, one ``v1`` per secret.

The form is the one of Stripe's webhooks. Several secrets sign while one replaces another.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime


def sign(body: bytes, *, secrets: Sequence[str], at: datetime) -> str:
    """Return the header that proves who sent ``body`` and when."""
    seconds = int(at.timestamp())
    signed = b"%d." % seconds + body
    marks = [
        f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets
    ]
    return ",".join([f"t={seconds}", *marks])
