"""Application configuration of `storefront`."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The public pages."""

    name = "chalandise.storefront"
    label = "storefront"
