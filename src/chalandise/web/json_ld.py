"""Structured data in a page, unable to leave its element whatever a shop is called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

_UNSAFE_IN_SCRIPT = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def write_json_ld(*data: Mapping[str, Any] | Iterable[Any]) -> SafeString:
    """Write one element for each of ``data``."""
    texts = [_encoder.encode(one).translate(_UNSAFE_IN_SCRIPT) for one in data]
    elements = [f'<script type="application/ld+json">{text}</script>' for text in texts]
    return mark_safe("".join(elements))  # noqa: S308 # escaped above
