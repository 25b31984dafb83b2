"""Which providers exist, and which of them takes money online here."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from chalandise.payments.errors import ProviderMissingError
from chalandise.payments.ports import Provider
from chalandise.payments.providers.on_collection import OnCollection
from chalandise.payments.providers.simulated import SimulatedBank

ON_COLLECTION = OnCollection.key
STRIPE = "stripe"
ONLINE = (SimulatedBank.key, STRIPE)
NONE = "none"
_STRIPE_CONNECT = "chalandise.payments.providers.stripe_connect.StripeConnect"


def provider(key: str) -> Provider:
    """Return a provider by its name, whether or not it takes new payments.

    Raises:
        ProviderMissingError: nobody has this name, its key is not set, or the simulated bank is
            asked for in production.
    """
    if key == ON_COLLECTION:
        return OnCollection()
    if key == SimulatedBank.key and not settings.PRODUCTION:
        return SimulatedBank()
    if key == STRIPE and settings.STRIPE_KEY:
        # Stripe's library takes a tenth of the whole start: only those who use it wait for it.
        connect: Callable[..., Provider] = import_string(_STRIPE_CONNECT)
        return connect(
            settings.STRIPE_KEY,
            webhook_secrets=settings.STRIPE_WEBHOOK_SECRETS,
            api_base=settings.STRIPE_API_BASE,
        )
    raise ProviderMissingError(key)


def pays_all_on_one_page() -> bool:
    """Tell whether several merchants are paid on one page of whoever takes money online here."""
    found = online_provider()
    return found is None or found.pays_all_on_one_page


def online_provider() -> Provider | None:
    """Return who takes new payments online; none where people pay when they collect."""
    if settings.PAYMENT_PROVIDER not in ONLINE:
        return None
    return provider(settings.PAYMENT_PROVIDER)
