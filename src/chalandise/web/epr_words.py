"""Names of the streams of producer responsibility."""

from __future__ import annotations

from django.utils.translation import gettext as _


def say_stream(stream: str) -> str:
    """Name a stream of producer responsibility."""
    return {
        "packaging": _("packaging"),
        "electronics": _("electrical goods"),
        "furniture": _("furniture"),
        "textile": _("clothes, linen and shoes"),
        "toys": _("toys"),
        "diy": _("do-it-yourself and garden"),
        "sports": _("sports and leisure"),
        "paper": _("printed paper"),
        "tyres": _("tyres"),
        "batteries": _("batteries"),
    }.get(stream, stream)
