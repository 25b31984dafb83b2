"""Chalandise: a territory's own place to find, order from and collect at the shops nearby."""

__version__ = "0.1.0"
