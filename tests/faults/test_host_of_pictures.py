"""A host for pictures alone: what somebody sent never stands where cookies are (72)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.cast import Cast
from tests.factories import catalogue
from tests.faults.pages import body_of

from chalandise.catalogue.models import ProductPhoto
from chalandise.config.checks import check_media_host
from chalandise.config.looks import look_at_pictures
from chalandise.directory.models import Photo
from chalandise.directory.photos import public_folder
from chalandise.portals.addresses import read_host
from chalandise.portals.errors import HostRefusedError

pytestmark = pytest.mark.django_db
HOST = "images.test"


@pytest.fixture
def apart(settings: Settings, cast: Cast) -> Photo:
    """An installation whose pictures have a host of their own, and a photograph there."""
    settings.MEDIA_HOST = HOST
    settings.MEDIA_URL = f"http://{HOST}/media/"
    photo = Photo.objects.create(establishment=cast.bakery, name="abc", width=1600, height=1000)
    public_folder().mkdir(parents=True, exist_ok=True)
    (public_folder() / "abc-960.webp").write_bytes(b"RIFF....WEBP")
    return photo


def test_fault_72_every_picture_is_asked_of_the_host_of_pictures(
    cast: Cast, client: Client, apart: Photo, sign_in: Any
) -> None:
    made = catalogue.product(cast.bakery, "Tourte")
    ProductPhoto.objects.create(product=made, name="def", width=900, height=600)
    claire = sign_in(cast.claire)
    slug = cast.bakery.slug
    for page, name in (
        (client.get(f"/commerces/{slug}/"), apart.name),
        (client.get(f"/t/grand-cahors/commerces/{slug}/"), apart.name),
        (client.get(f"/produits/{made.slug}/"), "def"),
        (claire.get(reverse("counter:photos", args=[slug])), apart.name),
        (claire.get(reverse("counter:sheet", args=[slug])), apart.name),
    ):
        said = page.content.decode()
        assert f"http://{HOST}/media/photos/{name}-" in said
        assert said.count("/media/photos/") == said.count(f"http://{HOST}/media/photos/")
        assert f"localhost:8000http://{HOST}" not in said


def test_fault_72_the_host_of_pictures_gives_pictures_and_takes_no_cookie(
    cast: Cast, apart: Photo, sign_in: Any
) -> None:
    address = f"/media/photos/{apart.name}-960.webp"
    for who in (Client(SERVER_NAME=HOST), sign_in(cast.claire, SERVER_NAME=HOST)):
        sent = who.get(address, {"next": "/"})
        assert (sent.status_code, body_of(sent)[:4]) == (200, b"RIFF")
        assert sent.headers["Content-Security-Policy"] == "default-src 'none'"
        assert sent.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Cookie" not in sent.headers.get("Vary", "")
        for elsewhere in ("/", "/commerces/", "/comptoir/", "/compte/connexion/", "/health/live"):
            answer = who.get(elsewhere)
            assert (answer.status_code, answer.content) == (404, b""), elsewhere
            assert not answer.cookies
        assert who.get("/media/photos/../../settings.py").status_code == 404
        assert who.get("/media/photos/absente-960.webp").status_code == 404
        assert who.post(address).status_code == 405
        assert not sent.cookies


def test_fault_72_the_host_of_pages_sends_who_asks_for_a_picture_there(
    client: Client, apart: Photo
) -> None:
    answer = client.get(f"/media/photos/{apart.name}-960.webp")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"http://{HOST}/media/photos/{apart.name}-960.webp"
    assert client.get("/media/elsewhere").status_code == 404


def test_fault_72_one_setting_makes_the_addresses_and_what_pages_may_show() -> None:
    asked = (
        "import json; from chalandise.config import settings as s; "
        "print(json.dumps([s.MEDIA_URL, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src']]))"
    )
    told = {"CHALANDISE_PUBLIC_URL": "https://lot.test", "CHALANDISE_MEDIA_HOST": "Images.test"}
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    said = subprocess.run(
        [sys.executable, "-c", asked], env=own | told, capture_output=True, check=True, timeout=60
    )
    address, shown = json.loads(said.stdout)
    assert address == "https://images.test/media/"
    assert shown == ["'self'", "data:", "blob:", "https://images.test"]


@pytest.mark.parametrize(
    ("host", "refusals"),
    [
        ("", []),
        (HOST, []),
        ("https://images.test/", ["chalandise.E006"]),
        ("localhost:9000", ["chalandise.E007"]),
    ],
)
def test_a_host_that_has_the_cookies_of_pages_is_refused(
    settings: Settings, host: str, refusals: list[str]
) -> None:
    settings.MEDIA_HOST = host
    assert [one.id for one in check_media_host()] == refusals


def test_no_portal_takes_the_host_of_pictures_and_the_doctor_looks(
    cast: Cast, settings: Settings
) -> None:
    assert look_at_pictures().is_fine
    settings.MEDIA_HOST = HOST
    assert HOST in look_at_pictures().what
    with pytest.raises(HostRefusedError) as refused:
        read_host(HOST)
    assert refused.value.reason == "reserved"
    settings.MEDIA_HOST = "voisin.test"  # a portal of the cast
    assert not look_at_pictures().is_fine
