"""Habits that a reader may rely on: nothing inline in pages, one way out, no address of a machine."""

import ast
import re
from pathlib import Path

import pytest
from tests.architecture.building import LONGEST_MODULE, modules, shown, templates, tracked_files

INLINE = {
    "a script without src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/)", re.IGNORECASE
    ),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle=", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+=[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"(?:href|src|action)=[\"']javascript:", re.IGNORECASE),
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"autoescape\s+off"),
    "another host": re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//"),
}
FOR_MAIL_READERS = ("/mails/", "base_email")  # mail programs know inline styles only

WAYS_OUT = {"requests", "httpx", "urllib.request", "http.client", "aiohttp", "urllib3"}
EGRESS = re.compile(r"(^|/)egress(/|\.py$)")  # the modules that may speak to other hosts

MARKING = {"mark_safe"}
MAY_MARK: dict[str, str] = {
    # what it marks, and why that is safe
    "src/chalandise/web/drawing.py": "parts of pages, escaped by their own templates; cleaned text",
    "src/chalandise/web/json_ld.py": "JSON-LD with its <, > and & escaped",
    "src/chalandise/web/moulds.py": "pieces of templates, between them values escaped one by one",
    "src/chalandise/web/templatetags/web.py": "a rendered field",
}

HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|deb\.debian\.org"
    r"|proxy\.golang|crates\.io"
)
PLACES = re.compile(r"(?<![\w.:/])/(?:work|home|root|Users)/[\w.-]+")
LOCKS = {"uv.lock", "package-lock.json"}
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".woff2", ".gz", ".br", ".zip", ".pdf", ".ico"}


def test_pages_have_nothing_inline() -> None:
    faults = []
    for path in templates():
        if any(part in path.as_posix() for part in FOR_MAIL_READERS):
            continue
        text = re.sub(
            r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL
        )
        faults += [f"{shown(path)}: {name}" for name, sign in INLINE.items() if sign.search(text)]
    assert not faults, faults


@pytest.mark.parametrize("path", modules(), ids=shown)
def test_a_module_keeps_the_habits(path: Path) -> None:
    source = path.read_text()
    faults = []
    if (length := len(source.splitlines())) > LONGEST_MODULE:
        faults.append(f"{length} lines: split it by subject")
    if path.name in {"utils.py", "helpers.py", "misc.py"}:
        faults.append("a name that says nothing")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
            marked = {alias.name for alias in node.names} & MARKING
            if marked and shown(path) not in MAY_MARK:
                faults.append(f"marks text as safe ({', '.join(marked)}): use format_html")
        else:
            continue
        if names & WAYS_OUT and not EGRESS.search(shown(path)):
            faults.append(f"speaks to other hosts by itself ({', '.join(names & WAYS_OUT)})")
    assert not faults


def test_no_file_names_a_machine_or_a_package_host() -> None:
    faults = []
    for path in tracked_files():
        if path.name in LOCKS or path.suffix in BINARY or path == Path(__file__):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for pattern in (HOSTS, PLACES):
            faults += [f"{shown(path)}: {found.group()}" for found in pattern.finditer(text)]
    assert not faults, faults


def test_exceptions_are_still_needed() -> None:
    existing = {shown(path): path.read_text() for path in modules()}
    for path in MAY_MARK:
        assert any(word in existing.get(path, "") for word in MARKING), f"{path} marks nothing now"
