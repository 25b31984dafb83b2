"""Names of hosts, as administrators write them."""

from __future__ import annotations

import re

from django.conf import settings

from chalandise.portals.errors import HostRefusedError

LONGEST = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"^[a-z]+://")


def read_host(text: str) -> str | None:
    """Return a host name in its only form, None when there is none.

    A pasted address is forgiven (`https://Achats-Lot.fr/` is `achats-lot.fr`), accents
    become what the domain name system knows (`xn--…`, RFC 5891).

    Raises:
        HostRefusedError: it is malformed, or the installation answers there itself.
    """
    bare = _SCHEME.sub("", text.strip().lower()).rstrip("/").rstrip(".")
    if not bare:
        return None
    try:
        host = bare.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise HostRefusedError(bare, "malformed") from error
    if host == own_host():
        raise HostRefusedError(host, "reserved")
    labels = host.split(".")
    is_name = len(labels) > 1 and not labels[-1].isdigit()
    if not is_name or len(host) > LONGEST or not all(_LABEL.fullmatch(one) for one in labels):
        raise HostRefusedError(bare, "malformed")
    return host


def own_host() -> str:
    """Return the host of the installation's public address, where the default portal answers."""
    return settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0].lower()
