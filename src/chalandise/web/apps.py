"""Application configuration of `web`."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The shell that every face shares."""

    name = "chalandise.web"
    label = "web"
