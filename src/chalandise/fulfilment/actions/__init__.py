"""Writes of fulfilment, one file per subject."""
