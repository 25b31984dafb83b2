"""Tells when two e-mail addresses are one mailbox."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Providers that read no dots before the @, and the name under which they stand."""


def same_mailbox(address: str) -> str:
    """Return one spelling for all the aliases of a mailbox, to compare and never to write to.

    Capitals, an international domain beside its ``xn--`` form (RFC 5891), what follows a ``+``
    (RFC 5233) and the dots of Gmail make no other person (faults.md 20): ``N.adia+b@Gmail.com`` is
    ``nadia@gmail.com``.
    """
    name, _at, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    with suppress(UnicodeError):  # a domain that cannot exist stands for itself
        domain = domain.encode("idna").decode()
    name = name.partition("+")[0] or name
    if domain in _WITHOUT_DOTS:
        name, domain = name.replace(".", ""), _WITHOUT_DOTS[domain]
    return f"{name}@{domain}"
