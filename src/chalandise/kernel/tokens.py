"""Secrets a person carries: private links, pickup codes, one-time codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

# No vowel, so no word can appear; no 0/O, 1/I/L, 5/S, 2/Z, 8/B that a phone line confuses.
SPOKEN_ALPHABET = "3467CDFGHJKMNPQRTVWX"


def new_link_token() -> str:
    """Return 192 random bits for a private link."""
    return secrets.token_urlsafe(24)


def new_spoken_code(length: int) -> str:
    """Return a code of ``length`` letters and digits that can be read out on the phone."""
    return "".join(secrets.choice(SPOKEN_ALPHABET) for _ in range(length))


def tidy_spoken_code(typed: str) -> str:
    """Forgive what people type around a code: spaces, dashes, lower case."""
    return "".join(character for character in typed.upper() if character.isalnum())


def digest(secret: str, *, salt: str) -> str:
    """Return the hex SHA-256 HMAC kept in place of a secret."""
    return hmac.new(salt.encode(), secret.encode(), hashlib.sha256).hexdigest()


def matches(secret: str, stored: str, *, salt: str) -> bool:
    """Compare in constant time a typed secret with the digest that was kept."""
    return hmac.compare_digest(digest(secret, salt=salt), stored)
