"""The fields of both indexes, establishments and products: one schema, so that a question reads alike.

`SCHEMA_VERSION` goes up with any change of fields or of the way words are cut: an index of another
version counts as missing, so the worker rebuilds it.
"""

from __future__ import annotations

from functools import cache

from tantivy import Schema, SchemaBuilder

from chalandise.discovery.cells import ZOOMS

SCHEMA_VERSION = 7

WORD_FIELDS = ("kind", "name", "synonym", "place", "area", "about")
"""Stems, from the most to the least telling."""
KEY_FIELDS = ("categories", "communes", "services", "labels")
"""Keys that are both filters and facets."""
PRODUCT_KEY_FIELDS = ("traits", "contains")
"""Keys that only products bear; what they are free of is counted by what they contain, which is less."""
SAID = "said"
"""Stands among what a product contains where somebody has said what that is."""
PRODUCT_PLACES = ("price", "by_price", "newest")
"""Numbers that only products bear; the last two are unique, so that pages can begin after one."""


def cell_field(zoom: int) -> str:
    """Return the name of the field of squares at one zoom."""
    return f"cell_{zoom}"


@cache
def schema() -> Schema:
    """Return the schema, made once."""
    fields = SchemaBuilder()
    fields.add_unsigned_field("id", indexed=True, fast=True)
    for name in WORD_FIELDS:
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    fields.add_text_field("whole_name", tokenizer_name="raw", index_option="basic")
    for name in (*KEY_FIELDS, *PRODUCT_KEY_FIELDS):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_text_field("free_of", tokenizer_name="raw", index_option="basic")
    fields.add_text_field("territories", tokenizer_name="raw", index_option="basic")
    fields.add_unsigned_field("shop", indexed=True)
    # The category of the shop that sells a product, and those above it.
    fields.add_text_field("trades", tokenizer_name="raw", index_option="basic")
    for name in PRODUCT_PLACES:
        fields.add_unsigned_field(name, indexed=True, fast=True)
    # Quarter-hours since 1970 as words: one call for hundreds of them, where numbers need one each.
    fields.add_text_field("open", tokenizer_name="whitespace", index_option="basic")
    # Those at which what is ordered can still be collected the same day; only products bear them.
    fields.add_text_field("same_day", tokenizer_name="whitespace", index_option="basic")
    fields.add_float_field("latitude", fast=True)
    fields.add_float_field("longitude", fast=True)
    for zoom in ZOOMS:
        fields.add_unsigned_field(cell_field(zoom), indexed=True, fast=True)
    fields.add_float_field("quality", fast=True)
    fields.add_unsigned_field("standing", fast=True)
    fields.add_text_field("by_name", tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    return fields.build()
