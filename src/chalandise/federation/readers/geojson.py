"""Streams objects out of JSON of any length: Overpass answers, GeoJSON, plain arrays.

Files saved as JavaScript (`const shops = {…};`) are read too: what stands around the value is
passed over.
"""

import io
from collections.abc import Iterator
from typing import Any

import ijson
from ijson.common import ObjectBuilder

from chalandise.federation.errors import BrokenFileError

_LISTS = frozenset({"elements.item", "features.item", "records.item", "results.item", "item",
                    "etablissements.item"})  # fmt: skip
_WRAPPER_LIMIT = 4096
_TRAILING = b" \t\r\n;)"


class _BareJson:
    """Bytes of the JSON value alone: no BOM, no `const x =` before it, no `;` after it."""

    def __init__(self, inner: io.BufferedReader) -> None:
        self._inner = inner
        head = inner.read(_WRAPPER_LIMIT)
        starts = [position for position in (head.find(b"{"), head.find(b"[")) if position >= 0]
        self._pending = head[min(starts) :] if starts else head

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; ijson asks for nothing else of a file."""
        if size == 0:
            return b""
        following = self._inner.read(max(size, _WRAPPER_LIMIT))
        chunk, self._pending = self._pending, following
        return chunk if following else chunk.rstrip(_TRAILING)


def looks_like_json(stream: io.BufferedReader) -> bool:
    """Tell, without consuming anything, whether a stream holds JSON rather than a table."""
    head = stream.peek(_WRAPPER_LIMIT)[:_WRAPPER_LIMIT].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith((b"{", b"[{", b"[\n", b"[ ", b"[\r", b"const ", b"var ", b"let "))


def stream_objects(stream: io.BufferedReader, *, file_name: str) -> Iterator[tuple[str, Any]]:
    """Yield `(list name, object)` for every object of the lists we know, and top-level scalars.

    Top-level scalars come as `("", {name: value})`: a file's licence stands there.

    Raises:
        BrokenFileError: the file breaks off or is no JSON; objects before that were yielded.
    """
    builder: ObjectBuilder | None = None
    builder_prefix = ""
    rank = 0
    try:
        for prefix, event, value in ijson.parse(_BareJson(stream), use_float=True):
            if builder is not None:
                builder.event(event, value)
                if prefix == builder_prefix and event == "end_map":
                    rank += 1
                    yield prefix.removesuffix(".item"), builder.value
                    builder = None
            elif prefix in _LISTS and event == "start_map":
                builder, builder_prefix = ObjectBuilder(), prefix
                builder.event(event, value)
            elif event in {"string", "number"} and "item" not in prefix:
                yield "", {prefix: value}
    except ijson.JSONError as error:
        raise BrokenFileError(file_name, rank, "json") from error
    except UnicodeDecodeError as error:
        raise BrokenFileError(file_name, rank, "encoding") from error


def centre_of(geometry: Any) -> tuple[float, float] | None:
    """Return latitude and longitude of a GeoJSON geometry: the point, or the middle of its box."""
    if not isinstance(geometry, dict):
        return None
    points = list(_points(geometry.get("coordinates"), depth=0))
    if not points:
        return None
    longitudes = [point[0] for point in points]
    latitudes = [point[1] for point in points]
    return (
        (min(latitudes) + max(latitudes)) / 2,
        (min(longitudes) + max(longitudes)) / 2,
    )


def _points(coordinates: Any, *, depth: int) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list) or depth > 4 or not coordinates:
        return
    if isinstance(coordinates[0], int | float):
        if len(coordinates) > 1 and isinstance(coordinates[1], int | float):
            yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part, depth=depth + 1)
