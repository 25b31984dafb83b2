"""Where a portal answers, as administrators write it: its name, its address, its host."""

from __future__ import annotations

import re

from django.conf import settings

from chalandise.portals.errors import HostRefusedError, NameRefusedError, SlugRefusedError

LONGEST = 253
LONGEST_NAME = 120
LONGEST_SLUG = 80
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"^[a-z]+://")


def read_name(text: str) -> str:
    """Return what visitors read, without needless spaces.

    Raises:
        NameRefusedError: there is none, or it is longer than `LONGEST_NAME`.
    """
    name = " ".join(text.split())
    if not name:
        raise NameRefusedError(name, "blank")
    if len(name) > LONGEST_NAME:
        raise NameRefusedError(name, "too_long")
    return name


def read_slug(text: str) -> str | None:
    """Return the address of a portal below another (``/t/grand-cahors/``), None when there is none.

    Raises:
        SlugRefusedError: it holds more than small letters without accents, figures and hyphens.
    """
    slug = text.strip().lower()
    if not slug:
        return None
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        raise SlugRefusedError(slug, "malformed")
    return slug


def read_host(text: str) -> str | None:
    """Return a host name in its only form, None when there is none.

    A pasted address is forgiven (`https://Achats-Lot.fr/` is `achats-lot.fr`), accents
    become what the domain name system knows (`xn--…`, RFC 5891).

    Raises:
        HostRefusedError: it is malformed, or the installation answers there itself, with pages or pictures.
    """
    bare = _SCHEME.sub("", text.strip().lower()).rstrip("/").rstrip(".")
    if not bare:
        return None
    try:
        host = bare.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise HostRefusedError(bare, "malformed") from error
    if host in (own_host(), settings.MEDIA_HOST.partition(":")[0]):
        raise HostRefusedError(host, "reserved")
    labels = host.split(".")
    is_name = len(labels) > 1 and not labels[-1].isdigit()
    if not is_name or len(host) > LONGEST or not all(_LABEL.fullmatch(one) for one in labels):
        raise HostRefusedError(bare, "malformed")
    return host


def own_host() -> str:
    """Return the host of the installation's public address, where the default portal answers."""
    return settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0].lower()
