"""Pages set by typst as PDF/A, whatever letters people write in their names.

PDF/A refuses a page with one letter that no font has: an emoji in a customer's name would leave a
sale without its invoice. Such a letter is printed as a square; the texts kept stay as they were
written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalandise.kernel.on_demand import OnDemand

if TYPE_CHECKING:
    import typst
else:
    typst = OnDemand("typst")

SQUARE = "\u25a1"
MOST_TRIES = 6
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # letters that turn the order of others
_CERTAIN = re.compile(
    "[^\n\x20-\x7e\xa0-\u0377\u038e-\u03a1\u03a3-\u04ff\u05d0-\u05ea\u0621-\u063a\u2010-\u2027"
    "\u2030-\u203e\u20ac\u2116\u2122\u2190-\u2193\u2212\u25a1\u202f]"
)


def set_pages(template: Path, said: Mapping[str, Any], **options: Any) -> bytes:
    """Return pages as PDF/A-3b.

    Args:
        template: the typst file, which reads each of ``said`` as JSON.
        said: what is printed.
        **options: more for `typst.compile`.
    """
    said = dict(_changed(said, lambda text: _TURNS.sub("", text)))
    for _try in range(MOST_TRIES):
        try:
            return _compile(template, said, options)
        except typst.TypstError as error:
            refused = _refused(str(error))
            if not refused:
                raise
        said = _changed(said, partial(_squared, refused))
    return _compile(template, _changed(said, lambda text: _CERTAIN.sub(SQUARE, text)), options)


def _compile(template: Path, said: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    made: bytes = typst.compile(
        template.read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(value) for name, value in said.items()},
        pdf_standards=["a-3b"],
        **options,
    )
    return made


def _refused(message: str) -> set[str]:
    """Return the letters of the text that no font has, as typst's message tells it."""
    found = _REFUSED.search(message)
    if found is None:
        return set()
    text = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), found[1])
    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\0", "\0")
    return {one for one in text if not (one.isascii() and one.isprintable())}


def _squared(refused: set[str], text: str) -> str:
    return "".join(SQUARE if one in refused else one for one in text)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """Return the value with each text of it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _changed(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(one, change) for one in value]
    return value
