"""Application configuration of `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room of people and their sign-in."""

    name = "chalandise.accounts"
    label = "accounts"
