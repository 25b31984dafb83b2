"""What came of a hostile text, in whatever an address answers: a page, a table, a paper, JSON."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from django.http import HttpResponse
from pypdf import PdfReader
from tests.faults.pages import Page, body_of, is_html, read_page

RUNS = ("javascript:", "vbscript:", "data:text")
LEADS = ("href", "src", "action", "formaction", "xlink:href", "srcset", "poster", "data")
MARKS = re.compile(r"k\d{6}")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BARE = "<svg onload"


def look_into(answer: HttpResponse) -> tuple[list[str], set[str]]:
    """Return what in an answer would be run, and the marks of the texts it shows."""
    if is_html(answer):
        page = read_page(answer.content)
        return dangers_of(page), set(MARKS.findall(page.text))
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    body, look = body_of(answer), _KINDS.get(kind)
    if look is None or answer.status_code != 200:
        return [], set()
    found, text = look(body)
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("a browser may guess what it is")
    return found, set(MARKS.findall(text))


def dangers_of(page: Page) -> list[str]:
    """Say what a page would run, load or obey that is not ours."""
    found = [danger for tag, attributes in page.elements for danger in _of_element(tag, attributes)]
    for attributes, text in page.scripts:
        if "src" in attributes:
            if not re.match(r"/(static|console/jsi18n)/", attributes["src"]):
                found.append(f"script from {attributes['src']}")
        elif attributes.get("type") in {"application/ld+json", "application/json"}:
            json.loads(text)
        elif text.strip():
            found.append(f"inline script {text[:40]}")
    return found


def _of_element(tag: str, attributes: dict[str, str]) -> list[str]:
    found = [f"<{tag} {name}>" for name in attributes if name.startswith(("on", "hx-on"))]
    found += [f"<{tag} style>"] * ("style" in attributes)
    for name in LEADS:
        address = re.sub(r"[\x00-\x20]", "", attributes.get(name, "")).lower()
        if address.startswith(RUNS):
            found.append(f"<{tag} {name}={address[:30]}>")
    if tag == "img" and attributes.get("src", "").startswith(("http:", "https:", "//")):
        found.append(f"<img {attributes['src'][:40]}>")
    if tag in {"iframe", "object", "embed", "base", "math"}:
        found.append(f"<{tag}>")
    return found


def _table(body: bytes) -> tuple[list[str], str]:
    """Read a table as a spreadsheet does: no cell begins as a formula does (fault 68)."""
    text = body.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    return [f"cell {cell[:30]}" for cell in cells if cell.startswith(FORMULA)], "\n".join(cells)


def _paper(body: bytes) -> tuple[list[str], str]:
    """Read a paper: its text stays text, and it runs, opens and links to nothing of a stranger's."""
    reader = PdfReader(BytesIO(body))
    root = reader.trailer["/Root"]
    found = [f"PDF {name}" for name in ("/OpenAction", "/AA") if name in root]
    if "/JavaScript" in root.get("/Names", {}):
        found.append("PDF /JavaScript")
    for page in reader.pages:
        for one in page.get("/Annots", []):
            action: Any = one.get_object().get("/A", {})
            if str(action.get("/S")) not in {"/URI", "/GoTo", "None"}:
                found.append(f"PDF {action.get('/S')}")
            if re.search(r"alert|svg", str(action.get("/URI", ""))):
                found.append(f"PDF link {action['/URI']}")
    return found, "\n".join(page.extract_text() for page in reader.pages)


def _data(body: bytes) -> tuple[list[str], str]:
    text = body.decode()
    json.loads(text)
    return [], text


def _tree(body: bytes) -> tuple[list[str], str]:
    ElementTree.fromstring(body)  # noqa: S314 - our own answer
    return [BARE] * (BARE.encode() in body), body.decode()


def _calendar(body: bytes) -> tuple[list[str], str]:
    text = body.decode()
    known = re.compile(r"[A-Z-]+[;:]| ")
    return [f"line {one[:30]}" for one in text.splitlines() if not known.match(one)], text


def _workbook(body: bytes) -> tuple[list[str], str]:
    with ZipFile(BytesIO(body)) as book:
        texts = [book.read(one).decode() for one in book.namelist() if one.endswith(".xml")]
    return ["a formula"] * any("<f>" in one for one in texts), "\n".join(texts)


_KINDS = {
    "text/csv": _table,
    "application/pdf": _paper,
    "application/json": _data,
    "application/geo+json": _data,
    "application/xml": _tree,
    "image/svg+xml": _tree,
    "text/calendar": _calendar,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _workbook,
}
