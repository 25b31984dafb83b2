"""Application configuration of `api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The public API."""

    name = "chalandise.api"
    label = "api"
