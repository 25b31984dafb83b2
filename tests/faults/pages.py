"""Reading pages as a browser would, and walking from link to link as a visitor would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from typing_extensions import override

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "area", "col", "path", "use"}


@dataclass
class Page:
    """What a page is made of.

    Attributes:
        elements: each tag with its attributes, in order.
        scripts: the text of each script element, with its attributes.
        text: everything a reader sees.
    """

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scripts: list[tuple[dict[str, str], str]] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> Iterator[dict[str, str]]:
        """Give the attributes of each element called one of ``tags``."""
        return (attributes for tag, attributes in self.elements if tag in tags)

    def links(self) -> list[str]:
        """Give where the page leads, forms included."""
        found = [one.get("href", "") for one in self.all("a", "link")]
        return found + [one["action"] for one in self.all("form") if one.get("action")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._script: dict[str, str] | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.page.elements.append((tag, attributes))
        if tag == "script":
            self._script = attributes
            self.page.scripts.append((attributes, ""))

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    @override
    def handle_data(self, data: str) -> None:
        if self._script is not None:
            attributes, text = self.page.scripts.pop()
            self.page.scripts.append((attributes, text + data))
        else:
            self.page.text += data


def read_page(content: bytes | str) -> Page:
    """Take a page apart."""
    reader = _Reader()
    reader.feed(content.decode() if isinstance(content, bytes) else content)
    reader.close()
    return reader.page


def body_of(response: HttpResponse) -> bytes:
    """Return what was sent, streamed or not."""
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content


def is_html(response: HttpResponse) -> bool:
    """Tell whether a browser would read the answer as a page."""
    return response.headers.get("Content-Type", "").startswith("text/html")


def crawl(
    client: Client, seeds: Iterable[str], *, host: str = "localhost", most: int = 150
) -> dict[str, HttpResponse]:
    """Visit ``seeds`` and whatever they link to on the same host, and return every answer."""
    waiting = list(seeds)
    answers: dict[str, HttpResponse] = {}
    while waiting and len(answers) < most:
        address = waiting.pop(0)
        if address in answers:
            continue
        response = client.get(address)
        answers[address] = response
        location = response.headers.get("Location", "")
        found = [location] if location else []
        if is_html(response):
            found += read_page(response.content).links()
        waiting += [one for link in found if (one := _inside(address, link, host))]
    return answers


def _inside(base: str, link: str, host: str) -> str:
    """Return the path of a link that stays on the site and is no file of ours, else a blank."""
    if link.startswith(("tel:", "mailto:", "javascript:", "data:")):
        return ""
    parts = urlsplit(urldefrag(urljoin(f"http://{host}{base}", link)).url)
    if parts.hostname != host or parts.path.startswith(("/static/", "/compte/deconnexion")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
