"""Stripe's own description of its API, read by slices: what may be asked, and what is answered.

The file describes all of Stripe in 109,000 lines; only the addresses and objects that are asked for
are parsed, each once. What it says is of 2023: what Stripe has added since, and we use, is named in
`SINCE`, and is checked against the library, which is of the version that we pin.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from tests.payments.stripe_double import Stripe
from tests.shared_data import SHARED

SPEC = "standards/stripe_spec3_2023-08-09.yaml.gz"
SINCE = {"GET /v1/checkout/sessions": {"created"}}
"""What may be asked since: the list of sessions from a moment on (February 2024)."""

_ADDRESS = re.compile(r"^  .?(/v1/[^\s:']+).*\n", re.MULTILINE)
_OBJECT = re.compile(r"^    ([\w.]+):\n", re.MULTILINE)
_NOTHING: dict[str, Any] = {"properties": {}, "additionalProperties": False, "type": "object"}
_JSON_TYPES: dict[str, type] = {
    "integer": int,
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_TEXT_OF = {"integer": "-?[0-9]+", "boolean": "true|false", "string": "(?s).*"}


def is_there() -> bool:
    """Tell whether the file is."""
    return (SHARED / SPEC).exists()


def faults_of(books: Stripe) -> list[str]:
    """Hold all that was asked and told against what Stripe says; nothing where its file is absent."""
    if not is_there():
        return []
    found = [
        fault
        for method, path, asked, _heads in books.requests
        for fault in faults_of_request(method, path, asked)
    ]
    for method, path, answer in books.told:
        found += faults_of_answer(method, path, json.loads(answer))
    return found


@cache
def _slices() -> tuple[dict[str, str], dict[str, str]]:
    """Return the text of every address and of every object, unparsed."""
    text = gzip.decompress((SHARED / SPEC).read_bytes()).decode()
    objects, rest = text.split("\n  securitySchemes:\n")
    paths = rest.partition("\npaths:\n")[2].partition("\nsecurity:\n")[0]
    return _cut(paths, _ADDRESS), _cut(objects.partition("\n  schemas:\n")[2], _OBJECT)


def _cut(text: str, heads: re.Pattern[str]) -> dict[str, str]:
    parts = heads.split(text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def _thing(reference: str) -> Any:
    name = reference.removeprefix("#/components/schemas/")
    return yaml.load(_slices()[1][name], yaml.CSafeLoader)


@cache
def _address(template: str) -> Any:
    return yaml.load(_slices()[0][template], yaml.CSafeLoader)


@cache
def template_of(path: str) -> str:
    """Return the address as Stripe writes it: ``/v1/accounts/{account}``; blank if it has none."""
    if path in _slices()[0]:
        return path
    for one in _slices()[0]:
        if re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", one), path):
            return one
    return ""


def faults_of_request(method: str, path: str, asked: Mapping[str, Any]) -> Iterator[str]:
    """Say what Stripe would not understand of a request, read as `stripe_double.nested` reads it."""
    template = template_of(path)
    known = _address(template).get(method.lower()) if template else None
    where = f"{method} {template or path}"
    if known is None:
        yield f"{where}: no such address"
        return
    schema = _NOTHING
    if method == "POST":
        content = known.get("requestBody", {}).get("content", {})
        schema = content.get("application/x-www-form-urlencoded", {}).get("schema", _NOTHING)
    else:
        given = [one for one in known["parameters"] if one["in"] == "query"]
        schema = {
            **_NOTHING,
            "properties": {one["name"]: one["schema"] for one in given},
            "required": [one["name"] for one in given if one.get("required")],
        }
    new = SINCE.get(where, set())
    yield from _faults_of_form({k: v for k, v in asked.items() if k not in new}, schema, where)


def faults_of_answer(method: str, path: str, answer: object) -> Iterator[str]:
    """Say what Stripe would not say so: fields it has not, and values of another kind.

    A double tells only what we read, so what it leaves out is no fault.
    """
    template = template_of(path)
    known = _address(template)[method.lower()]["responses"]["200"]["content"]
    yield from _faults_of_json(answer, known["application/json"]["schema"], f"{method} {template}")


def _faults_of_form(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """Compare what was sent in a form, where everything is text, an object or a numbered list."""
    kind = schema.get("type")
    if choices := schema.get("anyOf"):
        tried = [list(_faults_of_form(value, one, where)) for one in choices]
        yield from () if [] in tried else min(tried, key=len)
    elif kind == "object" and isinstance(value, dict):
        yield from (f"{where}: lacks {n}" for n in schema.get("required", ()) if n not in value)
        for name, inner in value.items():
            if (rule := _rule_for(name, schema)) is None:
                yield f"{where}: Stripe knows no {name}"
            else:
                yield from _faults_of_form(inner, rule, f"{where} {name}")
    elif kind == "array" and isinstance(value, dict):
        if list(value) != [str(n) for n in range(len(value))]:
            yield f"{where}: not a list"
        for inner in value.values():
            yield from _faults_of_form(inner, schema["items"], where)
    elif not isinstance(value, str) or not re.fullmatch(_TEXT_OF.get(str(kind), "(?!)"), value):
        yield f"{where}: {value!r} is no {kind}"
    elif len(value) > schema.get("maxLength", len(value)):
        yield f"{where}: too long"
    else:
        yield from _not_among(value, schema, where)


def _faults_of_json(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    schema = _thing(schema["$ref"]) if "$ref" in schema else schema
    kind = str(schema.get("type"))
    if value is None:
        yield from () if schema.get("nullable") else (f"{where}: is never null",)
    elif choices := schema.get("anyOf"):
        tried = [list(_faults_of_json(value, one, where)) for one in choices]
        yield from () if [] in tried else min(tried, key=len)
    elif type(value) is not _JSON_TYPES[kind]:
        yield f"{where}: {value!r} is no {kind}"
    elif kind == "array":
        for inner in value:
            yield from _faults_of_json(inner, schema["items"], where)
    elif kind == "object":
        for name, inner in value.items():
            if (rule := _rule_for(name, schema)) is None:
                yield f"{where}: Stripe has no {name}"
            else:
                yield from _faults_of_json(inner, rule, f"{where} {name}")
    else:
        yield from _not_among(value, schema, where)


def _rule_for(name: str, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what a field of an object has to be; None where the object has no such field."""
    other = schema.get("additionalProperties")
    rule = schema.get("properties", {}).get(name, other)
    return rule if isinstance(rule, dict) else None


def _not_among(value: object, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    if value not in schema.get("enum", [value]):
        yield f"{where}: {value!r} is none of {schema['enum']}"
