"""What the settings of payments may not be: each refusal says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.translation import gettext as _

from chalandise.payments.providers.register import NONE, ONLINE, STRIPE
from chalandise.payments.providers.simulated import SimulatedBank


@register(Tags.security)
def check_payments(
    *, app_configs: Sequence[AppConfig] | None = None, **options: object
) -> list[CheckMessage]:
    """Refuse a provider that nobody knows, that cannot work, or that is not for production."""
    chosen = settings.PAYMENT_PROVIDER
    found: list[CheckMessage] = []
    if chosen not in {*ONLINE, NONE}:
        found.append(
            Error(
                _("CHALANDISE_PAYMENTS is “%(chosen)s”, which nobody knows.") % {"chosen": chosen},
                hint=_("Write simulated, stripe or none."),
                id="chalandise.E010",
            )
        )
    if settings.PRODUCTION and chosen == SimulatedBank.key:
        found.append(
            Error(
                _("The simulated bank is on in production: it would take no money."),
                hint=_(
                    "Set CHALANDISE_PAYMENTS to stripe, or to none: people pay when they collect."
                ),
                id="chalandise.E011",
            )
        )
    if chosen == STRIPE:
        found += _stripe()
    return found


def _stripe() -> list[CheckMessage]:
    refusals = [
        (
            not settings.STRIPE_KEY,
            _("Stripe is chosen and its key is not given."),
            _("Set CHALANDISE_STRIPE_KEY to the platform’s secret key."),
            "chalandise.E012",
        ),
        (
            not settings.STRIPE_WEBHOOK_SECRETS,
            _("Stripe is chosen and the secret of its webhook is not given."),
            _("Set CHALANDISE_STRIPE_WEBHOOK_SECRETS to the whsec_… of the endpoint."),
            "chalandise.E013",
        ),
        (
            settings.PRODUCTION and "_test_" in settings.STRIPE_KEY,
            _("The key of Stripe is one of its test mode, in production."),
            _("Set CHALANDISE_STRIPE_KEY to a live key: test cards would pay for real orders."),
            "chalandise.E014",
        ),
        (
            settings.PRODUCTION and not settings.STRIPE_API_BASE.startswith("https://"),
            _("Stripe would be asked without encryption."),
            _("Remove CHALANDISE_STRIPE_API_BASE."),
            "chalandise.E015",
        ),
    ]
    return [Error(what, hint=hint, id=code) for is_so, what, hint, code in refusals if is_so]
