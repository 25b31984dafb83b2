"""The wire between the bank and whoever listens to it.

A real bank posts its events over HTTP. This one hands the same headers and the same bytes to a
function that the listener plugs in when it starts, so that the demonstration needs no address of
its own server. Whoever listens must trust nothing but the signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings

Listener = Callable[[Mapping[str, str], bytes, datetime], int]

SIGNATURE_HEADER = "Bank-Signature"

_listeners: list[Listener] = []


def plug_in(listener: Listener) -> None:
    """Send events to ``listener`` from now on; it returns an HTTP status."""
    _listeners[:] = [listener]


def listener() -> Listener | None:
    """Return who listens."""
    return _listeners[0] if _listeners else None


def secrets() -> list[str]:
    """Return the secrets that sign events, the newest first."""
    configured: list[str] = settings.BANK_SECRETS
    if configured:
        return configured
    derived = hmac.new(settings.SECRET_KEY.encode(), b"chalandise.bank", hashlib.sha256)
    return [f"bsec_{derived.hexdigest()}"]
