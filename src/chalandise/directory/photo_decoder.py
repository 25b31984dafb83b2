"""Decodes one uploaded picture in a process of its own: `python -I photo_decoder.py FOLDER NAME`.

Reads the file from standard input, writes `NAME-480` and `NAME-960` as AVIF and as WebP, and
`NAME-1600.jpg`, prints one line of JSON. The process has little memory and little time, so that a bomb kills only
itself; every picture is painted onto a new canvas, so that no metadata, script or second file
hidden behind the pixels survives (fault 72). It imports nothing of the platform.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

MEMORY_BYTES = 900 * 1024 * 1024
CPU_SECONDS = 20
MOST_PIXELS = 40_000_000
LEAST_SIDE = 120
LARGEST = 1600
PARTS = ((480, "avif"), (480, "webp"), (960, "avif"), (960, "webp"), (1600, "jpg"))
# AVIF at its fastest costs what WebP costs and weighs half: nobody waits for a job.
WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 55, "speed": 9, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 84, "optimize": True, "progressive": True}),
}


class RefusedError(Exception):
    """The file cannot become a picture; the argument says why in one word."""


def main(folder: str, name: str) -> int:
    """Decode, paint, write; answer on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = convert(sys.stdin.buffer.read(), Path(folder), name)
    except RefusedError as refused:
        answer = {"refused": str(refused)}
    sys.stdout.write(json.dumps(answer))
    return 0


def convert(content: bytes, folder: Path, name: str) -> dict[str, object]:
    """Write the sizes of one picture and return the largest one's measures."""
    from PIL import Image, ImageCms, ImageOps, features  # noqa: PLC0415 - only once memory is limited

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    formats = ["JPEG", "PNG", "WEBP", *(["AVIF"] if features.check("avif") else [])]
    try:
        with Image.open(io.BytesIO(content), formats=formats) as opened:
            if min(opened.size) < LEAST_SIDE:
                raise RefusedError("too_small")
            opened.draft("RGB", (LARGEST, LARGEST))  # a JPEG is read at a fraction of its size
            opened.seek(0)  # of an animation, the first picture
            opened.load()
            profile = opened.info.get("icc_profile")
            # Made small before it is turned: one large picture in memory, never two.
            opened.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
            upright = ImageOps.exif_transpose(opened)
        upright = _in_srgb(upright, profile, ImageCms)
        canvas = Image.new("RGB", upright.size, "white")
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            canvas.paste(layer, mask=layer.getchannel("A"))
        else:
            canvas.paste(upright.convert("RGB"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedError("too_large") from None
    except MemoryError:
        raise RefusedError("too_large") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError):
        raise RefusedError("not_a_picture") from None
    for side, kind in PARTS:
        copy = canvas.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        written_as, options = WRITTEN[kind]
        copy.save(folder / f"{name}-{side}.{kind}", written_as, **options)
    return {"width": canvas.width, "height": canvas.height}


def _in_srgb(picture: Any, profile: bytes | None, cms: Any) -> Any:
    """Keep the colours of a wide-gamut telephone; an odd profile is left aside."""
    if not profile or len(profile) > 1_000_000 or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    try:
        source = cms.ImageCmsProfile(io.BytesIO(profile))
        return cms.profileToProfile(picture, source, cms.createProfile("sRGB"), outputMode="RGB")
    except (cms.PyCMSError, OSError, ValueError):
        return picture


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
