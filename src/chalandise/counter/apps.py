"""Application configuration of `counter`."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """The merchant's workspace."""

    name = "chalandise.counter"
    label = "counter"
