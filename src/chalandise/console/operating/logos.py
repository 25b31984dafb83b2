"""The pictures of a portal: a logo is painted anew, an official notice is kept byte for byte."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string
from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP")
HEAVIEST = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
LARGEST = (832, 176)  # four times what the page shows
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


class LogoRefusedError(Exception):
    """The file cannot become a logo.

    Attributes:
        reason: ``too_heavy``, ``too_large`` or ``not_a_picture``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_notice(upload: UploadedFile[bytes]) -> ContentFile[bytes]:
    """Return an official notice as it was sent: whoever shows it may change nothing of it.

    It is decoded once, to be sure that it is a picture; it is sent as nothing else, and never run.

    Raises:
        LogoRefusedError: too heavy, too large, or no picture.
    """
    if (upload.size or 0) > HEAVIEST:
        raise LogoRefusedError("too_heavy")
    content = upload.read()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoRefusedError("too_large")
            picture.load()
            ending = ENDINGS[str(picture.format)]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise LogoRefusedError("not_a_picture") from error
    return ContentFile(content, name=f"notice-{get_random_string(20)}.{ending}")


def read_logo(upload: UploadedFile[bytes]) -> ContentFile[bytes]:
    """Return a small PNG of what was sent, transparency kept, metadata left behind.

    The size is read from the heading of the file, before a pixel is decoded.

    Raises:
        LogoRefusedError: too heavy, too large, or no picture.
    """
    if (upload.size or 0) > HEAVIEST:
        raise LogoRefusedError("too_heavy")
    try:
        with Image.open(io.BytesIO(upload.read()), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoRefusedError("too_large")
            small = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise LogoRefusedError("not_a_picture") from error
    small.thumbnail(LARGEST)
    painted = io.BytesIO()
    small.save(painted, "PNG", optimize=True)
    return ContentFile(painted.getvalue(), name=f"logo-{get_random_string(20)}.png")
