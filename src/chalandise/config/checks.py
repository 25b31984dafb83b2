"""What a production deployment may not be: each refusal says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.translation import gettext as _

LEAST_KEY_LENGTH = 50


@register(Tags.security)
def check_production(
    *, app_configs: Sequence[AppConfig] | None = None, **options: object
) -> list[CheckMessage]:
    """Refuse in production what only suits a demonstration."""
    if not settings.PRODUCTION:
        return []
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
