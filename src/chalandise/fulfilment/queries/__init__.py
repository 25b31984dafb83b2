"""Reads of fulfilment, one file per subject."""
