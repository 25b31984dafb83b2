"""What a production deployment may not be: each refusal says what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.translation import gettext as _

from chalandise.portals.addresses import own_host

LEAST_KEY_LENGTH = 50
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")


@register(Tags.security)
def check_production(
    *, app_configs: Sequence[AppConfig] | None = None, **options: object
) -> list[CheckMessage]:
    """Refuse in production what only suits a demonstration."""
    if not settings.PRODUCTION:
        return _published_key()
    refusals = [
        (
            settings.DEBUG,
            _("Debug pages are on in production."),
            _("Remove CHALANDISE_DEBUG: error pages would show the settings to anyone."),
            "chalandise.E001",
        ),
        (
            settings.DEMO,
            _("The demonstration is on in production."),
            _("Remove CHALANDISE_DEMO: its accounts open without a code."),
            "chalandise.E002",
        ),
        (
            settings.SECRET_KEY == settings.INSECURE_KEY,
            _("The secret key is the one of the demonstration."),
            _("Set CHALANDISE_SECRET_KEY to 50 random characters or more, and keep it secret."),
            "chalandise.E003",
        ),
        (
            len(settings.SECRET_KEY) < LEAST_KEY_LENGTH,
            _("The secret key is short."),
            _("Set CHALANDISE_SECRET_KEY to 50 random characters or more, and keep it secret."),
            "chalandise.E004",
        ),
        (
            not settings.HTTPS,
            _("The public address is not https."),
            _("Set CHALANDISE_PUBLIC_URL to the https:// address that visitors use."),
            "chalandise.E005",
        ),
    ]
    return [
        Error(what, hint=remedy, id=code)
        for is_refused, what, remedy, code in refusals
        if is_refused
    ]


def _published_key() -> list[CheckMessage]:
    """Refuse to sign with a key that everybody can read where others than this machine come."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    is_own = (host in LOOPBACK or host.endswith(".localhost")) and not settings.TRUSTED_PROXY_COUNT
    if settings.DEMO or is_own or settings.SECRET_KEY != settings.INSECURE_KEY:
        return []
    what = _("Visitors come from elsewhere, and the secret key is the one of the demonstration.")
    remedy = _("Set CHALANDISE_SECRET_KEY to 50 random characters or more, and keep it secret.")
    return [Error(what, hint=remedy, id="chalandise.E008")]


@register(Tags.security)
def check_media_host(
    *, app_configs: Sequence[AppConfig] | None = None, **options: object
) -> list[CheckMessage]:
    """Refuse a host of pictures that is none, or that has the cookies of pages (fault 72)."""
    host = settings.MEDIA_HOST
    if host and not _HOST.fullmatch(host):
        what = _("CHALANDISE_MEDIA_HOST is not the name of a host.")
        remedy = _("Write it without scheme and without path, like images.example.fr.")
        return [Error(what, hint=remedy, id="chalandise.E006")]
    if host and host.partition(":")[0] == own_host():
        what = _("CHALANDISE_MEDIA_HOST is the address of the pages.")
        remedy = _(
            "Give pictures another name, like images.example.fr: browsers send cookies whatever the "
            "port. Or leave it empty."
        )
        return [Error(what, hint=remedy, id="chalandise.E007")]
    return []
