"""The one sanitiser of text that people write with some formatting.

nh3 allows pictures and twenty-five link schemes unless told otherwise, so everything is named
here: a few tags, one attribute, three schemes, and nothing that loads from elsewhere.
"""

from __future__ import annotations

import html
import re

import nh3

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"https", "mailto", "tel"}
_LOOKS_LIKE_HTML = re.compile(r"<\s*/?\s*[a-zA-Z!]")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ENDINGS = re.compile(r"</(p|li|ul|ol)>|<br\s*/?>", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|li|strong|em)>\s*</\1>")


def clean_html(text: str) -> str:
    """Return ``text`` with nothing left but harmless formatting; plain text gains paragraphs."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not _LOOKS_LIKE_HTML.search(text):
        text = "".join(
            f"<p>{html.escape(html.unescape(part.strip()), quote=False)}</p>".replace("\n", "<br>")
            for part in _PARAGRAPHS.split(text)
            if part.strip()
        )
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",  # "//elsewhere" has no scheme, and "/compte/…" acts on its reader
        link_rel="noopener nofollow ugc",
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "svg", "math"},
        strip_comments=True,
    )
    return _EMPTY.sub("", cleaned).strip()


def to_plain(text: str) -> str:
    """Return the words of sanitised HTML as somebody would type them in a text area."""
    lined = _ENDINGS.sub(lambda m: "\n\n" if m[1] == "p" else "\n", text)
    bare = html.unescape(nh3.clean(lined, tags=set(), attributes={}))
    return re.sub(r"\n{3,}", "\n\n", bare).strip()
