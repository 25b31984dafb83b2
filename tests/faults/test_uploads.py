"""Files that visitors and merchants send (72); the decoder itself in `tests/directory/test_photos.py`."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.cast import Cast
from tests.clock import PARIS, moment
from tests.faults.pages import body_of

from chalandise.directory.models import Photo
from chalandise.directory.photos import private_folder, public_folder
from chalandise.ordering.models import ReservationRequest

SCRIPT = b"<script>alert(1)</script><?php system($_GET[0]); ?>"


def picture(kind: str = "JPEG", **options: Any) -> bytes:
    """Paint a small photograph."""
    buffer = io.BytesIO()
    Image.effect_mandelbrot((320, 240), (-2, -1, 1, 1), 40).convert("RGB").save(
        buffer, kind, **options
    )
    return buffer.getvalue()


def with_position() -> bytes:
    """Paint a photograph that says where it was taken, by whom, and holds a script."""
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    exif[0x8298] = "CANARI-AUTEUR"
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 26.0, 51.0), 3: "E", 4: (1.0, 26.0, 31.0)})
    return picture(exif=exif)


def bomb() -> bytes:
    """Write a PNG of 100 million pixels in a few kilobytes."""
    side = 10_000
    rows = zlib.compress(b"\x00" * (side // 8 + 1) * side, 9)

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
REFUSED = {
    "drawing.svg": SVG,
    "drawing.jpg": SVG,
    "entity.svg": XXE,
    "page.html": b"<html><script>alert(1)</script>",
    "polyglot.gif": b"GIF89a/*" + b"\x00" * 60 + b"*/=1;alert(1)//",
    "document.pdf": b"%PDF-1.7\n" + b"x" * 400,
    "empty.jpg": b"",
    "cut.jpg": picture()[:300],
    "bomb.png": bomb(),
    "small.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
    "postscript.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n",
}
TAKEN = {
    "position.jpg": with_position(),
    "behind.jpg": picture() + SCRIPT,
    "zip-behind.png": picture("PNG") + b"PK\x03\x04" + SCRIPT,
    "../../../etc/cron.d/x.php": picture(),
    "name\x00.php.jpg": picture(),
    "wrong.exe": picture("WEBP"),
    "x" * 240 + ".jpg": picture(),
}


def send(client: Client, address: str, called: str, content: bytes, **fields: str) -> Any:
    """Send one file, lying about its type."""
    file = SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")
    file._name = called  # type: ignore[attr-defined] # past the client's own tidying
    return client.post(address, {"photo": file, **fields})


@pytest.fixture
def doors(
    cast: Cast, sign_in: Callable[..., Client], freeze: Callable[[str], Any]
) -> Callable[[str, bytes], list[Any]]:
    """Send a file at the counter and with a reservation."""
    freeze("2026-11-18 09:00")
    wished = moment("2026-11-18 17:30").astimezone(PARIS).isoformat()
    person = {"text": "Pain", "wanted_at": wished, "name": "N", "email": "n@exemple.test"}

    def knock(name: str, content: bytes) -> list[Any]:
        return [
            send(
                sign_in(cast.claire),
                f"/comptoir/{cast.bakery.slug}/fiche/photos/",
                name,
                content,
                alternative_text="La vitrine",
            ),
            send(
                Client(SERVER_NAME="localhost"),
                f"/commerces/{cast.bakery.slug}/mettre-de-cote/",
                name,
                content,
                **person,
            ),
        ]

    return knock


@pytest.mark.parametrize("name", REFUSED)
def test_fault_72_what_is_no_photograph_is_refused_at_both_doors(
    doors: Callable[[str, bytes], list[Any]], name: str
) -> None:
    for answer in doors(name, REFUSED[name]):
        assert answer.status_code == 422, name
        assert answer.context["form"].errors["photo"]
    assert not Photo.objects.exists()
    assert not ReservationRequest.objects.exists()
    assert _files() == []


@pytest.mark.parametrize("name", TAKEN)
def test_fault_72_a_photograph_is_painted_anew_under_a_name_of_ours(
    doors: Callable[[str, bytes], list[Any]], cast: Cast, name: str, client: Client
) -> None:
    for answer in doors(name, TAKEN[name]):
        assert answer.status_code == 302, name
    files = _files()
    assert len(files) == 10
    for path in files:
        content = path.read_bytes()
        assert path.suffix in {".avif", ".webp", ".jpg"}
        assert "etc" not in str(path.name)
        assert b"alert" not in content
        assert b"php" not in content
        assert b"CANARI" not in content
        assert b"PK\x03\x04" not in content
        with Image.open(path) as kept:
            assert not kept.getexif()
    photo = Photo.objects.get()
    served = client.get(f"/media/photos/{photo.name}-960.webp")
    assert served.headers["Content-Type"] == "image/webp"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'"
    assert body_of(served)[:4] == b"RIFF"
    private = ReservationRequest.objects.get().photo_name
    assert private
    assert client.get(f"/media/photos/{private}-960.webp").status_code == 404


def _files() -> list[Path]:
    return [
        path
        for folder in (public_folder(), private_folder())
        if folder.exists()
        for path in folder.rglob("*")
        if path.is_file()
    ]


def test_fault_72_too_heavy_or_too_many_files_stop_at_the_door(
    doors: Callable[[str, bytes], list[Any]], cast: Cast, sign_in: Callable[..., Client]
) -> None:
    for answer in doors("heavy.jpg", picture() + b"\x00" * (12 * 1024 * 1024)):
        assert answer.status_code == 422
    claire = sign_in(cast.claire)
    files = {f"f{number}": SimpleUploadedFile("a.jpg", b"x") for number in range(9)}
    assert claire.post(f"/comptoir/{cast.bakery.slug}/fiche/photos/", files).status_code == 400
    assert _files() == []
