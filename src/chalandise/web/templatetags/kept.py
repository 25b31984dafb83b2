"""`{% kept %}`: a part of a page that is drawn once for the same values.

    {% kept identity=identity section=section %}…{% endkept %}

What stands inside sees the values given and nothing else of the page, so it cannot depend on
something it is not kept under: forgotten values stay blank. Language and sub-portal always count.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.template.loader_tags import BlockNode
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from typing_extensions import override

from chalandise.discovery.memory import Memory

register = template.Library()
MOST = 512


class KeptNode(template.Node):
    """Draws its inside in a context of its own, and remembers what came out."""

    child_nodelists = ()  # no block stands inside: templates that extend need not look

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self._values = values
        self._drawn: Memory[SafeString] = Memory(MOST)

    @override
    def render(self, context: Context) -> SafeString:
        values: dict[str, Any] = {
            name: value.resolve(context, ignore_failures=True)
            for name, value in self._values.items()
        }
        key = (get_language(), get_script_prefix(), *values.values())
        return self._drawn.get(key, lambda: self.nodelist.render(context.new(values)))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep what stands up to `{% endkept %}` under the values given by name."""
    _name, *bits = token.split_contents()
    values = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError("kept takes values by name: {% kept section=section %}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(BlockNode):
        raise TemplateSyntaxError("a block inside kept could be another page's: put it around")
    return KeptNode(nodelist, values)
