"""Sessions in the database, whose keys are looked at before the database is asked."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    """Takes a cookie that never was a key of ours (a NUL, a sentence) for no session at all."""

    def _validate_session_key(self, key: str) -> bool:
        return bool(key) and len(key) == 32 and key.isascii() and key.isalnum()
