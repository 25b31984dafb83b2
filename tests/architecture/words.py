"""The sentences of the source, and what the French catalogues make of them."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize
from tests.architecture.building import PACKAGE, shown

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str, str]  # context, English


def _extract(path: Path) -> Iterator[Key]:
    source = path.read_text()
    if path.suffix != ".py":
        source = templatize(source, origin=str(path))
    else:
        yield from (("", text) for text in help_texts(source))
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for _line, message, _comments, context in found:
        english = message[0] if isinstance(message, tuple) else message
        yield context or "", english


def help_texts(source: str) -> Iterator[str]:
    """What `--help` says: docstrings of click's commands, and the help of their options."""
    if "import click" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            made = [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
            if any(one.endswith((".command", ".group")) for one in made):
                yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("click."):
            said = [one.value for one in node.keywords if one.arg == "help"]
            yield from (cleandoc(ast.literal_eval(one)) for one in said)


@cache
def sentences() -> dict[Key, str]:
    """Every sentence to translate, with the first file that says it."""
    found: dict[Key, str] = {}
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted(PACKAGE.rglob(pattern)):
            if "migrations" in path.parts or "locale" in path.parts:
                continue
            for key in _extract(path):
                found.setdefault(key, shown(path))
    return found


@cache
def catalogues() -> dict[Path, Catalog]:
    """Our French catalogues."""
    return {
        path: read_po(io.BytesIO(path.read_bytes()), locale="fr")
        for path in sorted(PACKAGE.rglob("locale/fr/LC_MESSAGES/django.po"))
    }


def translations() -> Iterator[tuple[Path, Message]]:
    """Every entry of every French catalogue but the headers."""
    for path, catalogue in catalogues().items():
        for message in catalogue:
            if message.id:
                yield path, message


def english_of(message: Message) -> Key:
    first = message.id[0] if isinstance(message.id, list | tuple) else message.id
    return message.context or "", first


def french_of(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def holes(text: str) -> set[str]:
    """The places that a sentence leaves for values."""
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|{\w*}", text))
