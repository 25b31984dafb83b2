"""Application configuration of `messaging`."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The room of e-mails and their texts."""

    name = "chalandise.messaging"
    label = "messaging"
