"""Writes of payments, one file per subject."""
