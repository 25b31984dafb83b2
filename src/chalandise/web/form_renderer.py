"""How form fields are drawn: as Django draws them, but no megabyte is ever given back.

A field that was filled by a robot, or by a paste gone wrong, is refused with its page; the page shows
the beginning of what was typed, enough to see what it was.
"""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from typing_extensions import override

LONGEST_LINE = 1_000
LONGEST_TEXT = 100_000
_LINES = {"text", "email", "tel", "url", "search", "number", "password"}


class ModestRenderer(TemplatesSetting):
    """Draws widgets; what is typed into a line is given back as far as a line goes."""

    @override
    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Draw one widget or form."""
        widget = context.get("widget")
        if isinstance(widget, dict) and isinstance(value := widget.get("value"), str):
            longest = LONGEST_LINE if widget.get("type") in _LINES else LONGEST_TEXT
            if len(value) > longest:
                context = context | {"widget": widget | {"value": value[:longest]}}
        return super().render(template_name, context, request)
