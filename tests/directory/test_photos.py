"""Pictures that people send: decoded apart, painted anew, freed of everything hidden (fault 72)."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import translation
from PIL import Image
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.faults.pages import body_of

from chalandise.catalogue.models import ProductPhoto
from chalandise.config.commands.photos import photos
from chalandise.directory import photo_decoder
from chalandise.directory.actions.photos import add_photo, put_photo_first, remove_photo
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Photo
from chalandise.directory.photos import (
    MOST_BYTES,
    find_private_picture,
    forget_picture,
    private_folder,
    public_folder,
    store_picture,
)
from chalandise.directory.states import Level
from chalandise.journal.states import Actor
from chalandise.web.drawing import draw_picture
from chalandise.web.pictures import illustration, photograph, product_photograph

AT = moment("2026-11-18 10:30")


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (800, 600), mode: str = "RGB", **more
) -> bytes:
    colour = {"RGB": (200, 120, 40), "RGBA": (200, 120, 40, 0), "CMYK": (0, 90, 90, 10)}[mode]
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind, **more)
    return buffer.getvalue()


def stored(name: str, side: int = 1600, kind: str = "jpg", *, is_private: bool = False) -> Path:
    return (private_folder() if is_private else public_folder()) / f"{name}-{side}.{kind}"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_becomes_its_sizes_under_a_random_name_72(kind: str):
    one, two = store_picture(picture(kind, (2000, 1500))), store_picture(picture(kind))
    assert one.name != two.name
    assert (one.width, one.height) == (1600, 1200)
    for side, ending in photo_decoder.PARTS:
        with Image.open(stored(one.name, side, ending)) as made:
            assert made.size == (side, side * 3 // 4)
    names = {path.name.removeprefix(one.name) for path in public_folder().glob(f"{one.name}*")}
    assert names == {"-480.avif", "-480.webp", "-960.avif", "-960.webp", "-1600.jpg"}
    assert not list(public_folder().glob(".incoming-*"))


def test_avif_weighs_less_than_webp_of_the_same_picture():
    noise = Image.effect_noise((1200, 900), 60).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=92)
    one = store_picture(buffer.getvalue())
    weights = {kind: stored(one.name, 960, kind).stat().st_size for kind in ("avif", "webp")}
    assert weights["avif"] < weights["webp"]


def test_a_photograph_of_before_is_completed_once_and_shown_meanwhile(cast: Cast, client: Client):
    by = Actor.person(cast.claire)
    photo = add_photo(cast.bakery, picture(), alternative_text="Le four", by=by, at=AT)
    product = ProductPhoto.objects.create(
        product=catalogue.product(cast.bakery),
        name=store_picture(picture()).name,
        width=9,
        height=9,
    )
    olds = [stored(one.name, side, "avif") for one in (photo, product) for side in (480, 960)]
    for path in olds:
        path.unlink()
    address = f"/media/photos/{photo.name}-960.avif"
    meanwhile = client.get(address)
    assert body_of(meanwhile)[:4] == b"RIFF"
    assert (meanwhile.status_code, meanwhile["Content-Type"]) == (200, "image/webp")
    assert "immutable" not in meanwhile["Cache-Control"]
    before = stored(photo.name).stat().st_mtime_ns
    translation.activate("en")  # the page above was answered in French
    said = CliRunner().invoke(photos, ["rebuild"])
    assert (said.exit_code, said.output) == (0, "Photographs completed: 2; left as they are: 0.\n")
    assert all(path.is_file() for path in olds)
    assert stored(photo.name).stat().st_mtime_ns == before
    now = client.get(address)
    assert body_of(now)[4:12] == b"ftypavif"
    assert (now["Content-Type"], "immutable" in now["Cache-Control"]) == ("image/avif", True)
    stored(product.name, 960, "avif").unlink()
    stored(product.name).write_bytes(b"rien")
    translation.activate("en")
    again = CliRunner().invoke(photos, ["rebuild"])
    assert "Photographs completed: 0; left as they are: 1." in again.output
    stored(product.name).unlink()  # its files are gone: nothing can be made
    assert (
        "Photographs completed: 0; left as they are: 0"
        in CliRunner().invoke(photos, ["rebuild"]).output
    )
    assert client.get("/media/photos/absente-960.avif").status_code == 404


def test_pages_offer_avif_then_webp_then_jpeg():
    view = photograph(Photo(name="abc", alternative_text="Le four", width=1600, height=1200))
    drawn = draw_picture(view, is_eager=False, is_square=False)
    kinds = [drawn.index(one) for one in ("abc-480.avif 480w", "abc-480.webp 480w", "-1600.jpg")]
    assert kinds == sorted(kinds)
    square = draw_picture(
        product_photograph(ProductPhoto(name="abc", alt="", width=960, height=960), "Miche"),
        is_eager=False,
        is_square=True,
    )
    assert 'type="image/avif" srcset="/media/photos/abc-480.avif"' in square
    assert "avif" not in draw_picture(illustration("bread"), is_eager=False, is_square=True)


def test_the_server_does_not_carry_the_decoder():
    """Pillow is loaded by the process that decodes, and by nothing that answers pages."""
    script = "import sys; import chalandise.directory.photo_decoder; print('PIL' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"


def test_where_it_was_taken_is_gone_and_it_stands_upright_72():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the telephone
    exif[0x010E] = "<script>alert(1)</script>"
    exif.get_ifd(0x8825)[2] = (44.0, 26.0, 51.0)
    one = store_picture(picture(size=(800, 600), exif=exif.tobytes(), comment=b"<?php"))
    assert (one.width, one.height) == (600, 800)
    for path in public_folder().glob(f"{one.name}-*"):
        content = path.read_bytes()
        assert b"script" not in content
        assert b"<?php" not in content
        with Image.open(path) as made:
            assert not made.getexif()
            assert "icc_profile" not in made.info


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "not_a_picture",
        ),
        (picture("GIF"), "not_a_picture"),
        (picture("TIFF"), "not_a_picture"),
        (picture("BMP"), "not_a_picture"),
        (b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)", "not_a_picture"),
        (b"%PDF-1.7\n" + picture(), "not_a_picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 200, "not_a_picture"),
        (b"", "not_a_picture"),
        (picture()[:900], "not_a_picture"),
        (picture("PNG")[:-40], "not_a_picture"),
        (picture(size=(60, 600)), "too_small"),
        (b"\xff" * (MOST_BYTES + 1), "too_heavy"),
    ],
)
def test_what_is_no_photograph_is_refused_with_its_reason_72(content: bytes, reason: str):
    before = set(public_folder().glob("*")) if public_folder().exists() else set()
    with pytest.raises(PictureRefusedError) as refused:
        store_picture(content)
    assert refused.value.reason == reason
    assert set(public_folder().glob("*")) == before


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    line = b"\x00" * (side // 8 + 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(line * side, 9))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [6_400, 10_000])
def test_a_bomb_kills_only_its_own_process_72(side: int):
    content = bomb(side)
    assert len(content) < 60_000
    with pytest.raises(PictureRefusedError) as refused:
        store_picture(content)
    assert refused.value.reason == "too_large"


MEASURED = """
import runpy, sys
path, *sys.argv[1:] = sys.argv[1:]
sys.argv[0] = path
try:
    runpy.run_path(path, run_name="__main__")
except SystemExit:
    pass
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")), file=sys.stderr)
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_photograph_stays_within_memory_72(tmp_path: Path, kind: str):
    command = [sys.executable, "-I", "-c", MEASURED, photo_decoder.__file__, str(tmp_path), "one"]
    content = picture(kind, size=(7000, 5000))
    done = subprocess.run(command, input=content, capture_output=True, timeout=120, check=True)
    assert (tmp_path / "one-480.webp").exists()
    assert int(done.stderr.split()[-1]) < 300_000  # kilobytes, at its highest


def test_of_an_animation_only_the_first_picture_remains_72():
    frames = [Image.new("RGB", (300, 300), (n, 0, 0)) for n in range(40)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:])
    one = store_picture(buffer.getvalue())
    with Image.open(stored(one.name, 480, "webp")) as made:
        assert getattr(made, "n_frames", 1) == 1


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("PNG", "RGBA")])
def test_inks_and_transparency_become_plain_colours_72(kind: str, mode: str):
    one = store_picture(picture(kind, mode=mode))
    with Image.open(stored(one.name)) as made:
        assert made.mode == "RGB"
        if mode == "RGBA":
            assert made.getpixel((5, 5)) == (255, 255, 255)


def test_the_extension_and_the_declared_type_are_never_asked_72(cast: Cast, client):
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    upload = io.BytesIO(picture("PNG"))
    upload.name = "../../facture.php"
    response = client.post(
        f"/comptoir/{cast.bakery.slug}/fiche/photos/",
        {"photo": upload, "alternative_text": "La devanture"},
        headers={"host": "localhost"},
    )
    assert response.status_code == 302
    photo = cast.bakery.photos.get()
    assert "facture" not in photo.name
    sent = client.get(f"/media/photos/{photo.name}-480.webp", headers={"host": "localhost"})
    assert sent["Content-Type"] == "image/webp"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "default-src 'none'"
    b"".join(sent.streaming_content)


def test_a_customers_picture_lies_where_nothing_serves_it_72(cast: Cast, client):
    one = store_picture(picture(), is_private=True)
    assert stored(one.name, is_private=True).exists()
    assert not stored(one.name).exists()
    assert find_private_picture(one.name).name == f"{one.name}-960.webp"
    assert find_private_picture("../" + one.name) is None
    for name in (f"photos/{one.name}-960.webp", f"private/photos/{one.name}-960.webp"):
        assert client.get(f"/media/{name}", headers={"host": "localhost"}).status_code == 404
    forget_picture(one.name, is_private=True)
    assert find_private_picture(one.name) is None


@pytest.mark.django_db
def test_a_photograph_and_a_text_make_a_showcase(cast: Cast, django_capture_on_commit_callbacks):
    shop = cast.bakery
    shop.description, shop.hours_verified_at, shop.services_verified_at = "<p>Pain</p>", AT, AT
    shop.services = ["pickup"]
    shop.save()
    by = Actor.person(cast.claire)
    first = add_photo(shop, picture(), alternative_text=" La\u202e devanture ", by=by, at=AT)
    assert (shop.level, first.alternative_text) == (Level.SHOWCASE, "La devanture")
    second = add_photo(shop, picture(), alternative_text="Le four", by=by, at=AT)
    put_photo_first(second, by=by, at=AT)
    assert [one.pk for one in shop.photos.all()] == [second.pk, first.pk]
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(first, by=by, at=AT)
        remove_photo(second, by=by, at=AT)
    shop.refresh_from_db()
    assert shop.level == Level.CONFIRMED
    assert not stored(first.name).exists()
