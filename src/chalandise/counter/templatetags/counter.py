"""Template tags of the counter."""

from __future__ import annotations

from django import template

from chalandise.directory.rich_text import to_plain

register = template.Library()


@register.filter
def cents(value: int) -> str:
    """Write an amount in euro cents as it is said: « 4,20 € », « 12 € »."""
    euros, rest = divmod(int(value), 100)
    return f"{euros},{rest:02d}\u00a0€" if rest else f"{euros}\u00a0€"


@register.filter
def plain_words(description: str) -> str:
    """Give the words of a presentation, to be shown as text: `|plain_words|linebreaks`."""
    return to_plain(description)
