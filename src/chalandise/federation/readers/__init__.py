"""Readers of other directories' files: one module per layout, streaming, without a database.

Each yields [`RawRecord`][chalandise.federation.readers.records.RawRecord]s one at a time, however
long the file, and counts what it passes over in a `Tally`.
"""
