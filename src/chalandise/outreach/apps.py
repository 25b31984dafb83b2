"""Application configuration of `outreach`."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """The room of letters and the hotline."""

    name = "chalandise.outreach"
    label = "outreach"
