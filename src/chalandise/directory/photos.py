"""The one way in for pictures that people send: of shops, and of things to be put aside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from chalandise.directory import photo_decoder
from chalandise.directory.errors import PictureRefusedError
from chalandise.kernel.tokens import new_link_token

MOST_BYTES = 12 * 1024 * 1024
WAIT_SECONDS = 30


@dataclass(frozen=True)
class StoredPicture:
    """A picture that was decoded and stored under a random name."""

    name: str
    width: int
    height: int


def public_folder() -> Path:
    """Return the folder that `/media/photos/` serves."""
    return Path(settings.MEDIA_ROOT) / "photos"


def private_folder() -> Path:
    """Return the folder of pictures that only the people concerned may see; nothing serves it."""
    return Path(settings.VAR_DIR) / "private" / "photos"


def store_picture(content: bytes, *, is_private: bool = False) -> StoredPicture:
    """Decode a picture in a process of its own and store it in its sizes.

    Args:
        content: the file as it was sent; its name and declared type are never looked at.
        is_private: keep it out of the public folder (a customer's photo of a thing).

    Raises:
        PictureRefusedError: too heavy, too large, too small, or no picture at all.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefusedError("too_heavy")
    folder = private_folder() if is_private else public_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = new_link_token()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming:
        answer = _decode(content, incoming, name)
        for path in Path(incoming).iterdir():
            path.replace(folder / path.name)
    return StoredPicture(name, answer["width"], answer["height"])


def complete_picture(name: str) -> bool:
    """Make the versions that a picture stored by an earlier release lacks; tell whether any was.

    They are made from the largest one, by the same decoder; what is there stays as it is. Nothing
    is made of a picture whose files are gone.

    Raises:
        PictureRefusedError: the largest version is no picture any more.
    """
    folder = public_folder()
    largest = folder / f"{name}-{photo_decoder.LARGEST}.jpg"
    wanted = [f"{name}-{side}.{kind}" for side, kind in photo_decoder.PARTS]
    missing = [one for one in wanted if not (folder / one).is_file()]
    if not missing or not largest.is_file():
        return False
    with tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming:
        _decode(largest.read_bytes(), incoming, name)
        for one in missing:
            (Path(incoming) / one).replace(folder / one)
    return True


def forget_picture(name: str, *, is_private: bool = False) -> None:
    """Delete every size of a picture; one already gone is no error."""
    folder = private_folder() if is_private else public_folder()
    for side, kind in photo_decoder.PARTS:
        (folder / f"{name}-{side}.{kind}").unlink(missing_ok=True)


def find_private_picture(name: str, side: int = 960, kind: str = "webp") -> Path | None:
    """Return the file of a private picture; the caller has checked who asks."""
    path = private_folder() / f"{name}-{side}.{kind}"
    is_plain = bool(name) and name.replace("-", "").replace("_", "").isalnum()
    is_made = (side, kind) in photo_decoder.PARTS
    return path if is_made and is_plain and path.is_file() else None


def _decode(content: bytes, folder: str, name: str) -> dict[str, int]:
    command = [sys.executable, "-I", photo_decoder.__file__, folder, name]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, our own arguments
            command, input=content, capture_output=True, timeout=WAIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise PictureRefusedError("too_long") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # killed by its limits
        raise PictureRefusedError("too_large" if done.returncode else "not_a_picture") from None
    if "refused" in answer:
        raise PictureRefusedError(str(answer["refused"]))
    return {"width": int(answer["width"]), "height": int(answer["height"])}
