"""`{% described %}`: what a page is about, said once for search engines and for social networks.

    {% described %}{% block description %}…{% endblock %}{% enddescribed %}

A block can stand in a template only once, but the same words belong into two tags of the head. A
page that has nothing to say of itself gets neither.
"""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from typing_extensions import override

register = template.Library()


class DescribedNode(template.Node):
    """Writes its inside, which is escaped already, into both tags."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    @override
    def render(self, context: Context) -> SafeString:
        words = self.nodelist.render(context)
        if not words.strip():
            return SafeString("")
        return format_html(
            '<meta name="description" content="{0}">\n'
            '<meta property="og:description" content="{0}">',
            words,
        )


@register.tag
def described(parser: Parser, token: Token) -> DescribedNode:
    """Say what stands up to `{% enddescribed %}` in the two tags that describe a page."""
    del token
    nodelist = parser.parse(("enddescribed",))
    parser.delete_first_token()
    return DescribedNode(nodelist)
