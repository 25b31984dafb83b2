"""Template tags of the counter."""

from __future__ import annotations

import html

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import strip_tags

from chalandise.directory.rich_text import to_plain

register = template.Library()


@register.filter
def plain_words(description: str) -> str:
    """Give the words of a presentation, to be shown as text: `|plain_words|linebreaks`."""
    return to_plain(description)


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> str:
    """Say once more, as plain words, what a block of the page says: the heading, in the title."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    words = strip_tags(block.nodelist.render(context)) if block is not None else ""
    return " ".join(html.unescape(words).split())
