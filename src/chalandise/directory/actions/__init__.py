"""Writes of the directory, one file per subject."""
