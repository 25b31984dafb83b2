"""Reads of ordering, one file per subject."""
