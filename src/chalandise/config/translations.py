"""Makes looking up a sentence cost one look instead of one a room.

Django keeps the catalogue of each application apart, because their rules of plural may differ, and
looks through all of them for each sentence of each page. Sentences without plural have no such rule:
here they are put together once, in the order of precedence that Django had given them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import trans_real


def join_catalogues() -> None:
    """Put the sentences without plural of each language into one catalogue."""
    for language, _name in settings.LANGUAGES:
        catalogue: Any = trans_real.translation(language)._catalog  # type: ignore[attr-defined]
        if not hasattr(catalogue, "_catalogs"):  # Django changed: its own way is right, only slower
            continue
        joined: dict[str, str] = {}
        plurals: list[tuple[dict[Any, Any], Any]] = []
        for one, rule in reversed(list(zip(catalogue._catalogs, catalogue._plurals, strict=True))):
            joined.update({key: text for key, text in one.items() if isinstance(key, str)})
            some = {key: text for key, text in one.items() if not isinstance(key, str)}
            if some:
                plurals.insert(0, (some, rule))
        catalogue._plurals = [catalogue._plurals[0], *(rule for _some, rule in plurals)]
        catalogue._catalogs = [joined, *(some for some, _rule in plurals)]
