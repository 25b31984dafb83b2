"""Writes of ordering, one file per subject."""
