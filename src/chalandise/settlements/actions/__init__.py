"""Writes of settlements, one file per subject."""
