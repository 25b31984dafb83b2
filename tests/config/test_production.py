"""Production refuses what only suits a demonstration (fault 88)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pytest_django import Settings

from chalandise.config.checks import check_production


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.DEMO = False
    settings.HTTPS = True
    settings.SECRET_KEY = "k" * 60
    return settings


def _refusals() -> set[str]:
    return {str(message.id) for message in check_production()}


def test_a_sound_deployment_passes(production: Settings) -> None:
    assert _refusals() == set()


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("DEBUG", True, "chalandise.E001"),
        ("DEMO", True, "chalandise.E002"),
        ("SECRET_KEY", "short", "chalandise.E004"),
        ("HTTPS", False, "chalandise.E005"),
    ],
)
def test_each_danger_is_refused_with_a_remedy(
    production: Settings, name: str, value: object, refusal: str
) -> None:
    setattr(production, name, value)
    assert _refusals() == {refusal}
    assert all(message.hint for message in check_production())


def test_the_key_of_the_demonstration_is_refused(production: Settings) -> None:
    production.SECRET_KEY = production.INSECURE_KEY
    assert "chalandise.E003" in _refusals()


def test_a_demonstration_may_be_all_that(settings: Settings) -> None:
    settings.PRODUCTION = False
    settings.DEBUG = True
    assert _refusals() == set()


@pytest.mark.parametrize(
    ("address", "is_demo", "refusals"),
    [
        ("http://localhost:8000", False, set()),
        ("http://lot.localhost:8000", False, set()),
        ("http://[::1]:8000", False, set()),
        ("http://commerces.example.fr", False, {"chalandise.E008"}),
        ("http://192.168.1.20:8000", False, {"chalandise.E008"}),
        ("http://192.168.1.20:8000", True, set()),
    ],
)
def test_a_key_that_everybody_can_read_stays_on_its_machine(
    settings: Settings, address: str, *, is_demo: bool, refusals: set[str]
) -> None:
    settings.PRODUCTION, settings.DEMO, settings.PUBLIC_URL = False, is_demo, address
    settings.SECRET_KEY = settings.INSECURE_KEY
    assert _refusals() == refusals


def test_behind_a_proxy_a_forgotten_address_is_no_machine_of_its_own(settings: Settings) -> None:
    settings.PRODUCTION, settings.PUBLIC_URL = False, "http://localhost:8000"
    settings.SECRET_KEY, settings.TRUSTED_PROXY_COUNT = settings.INSECURE_KEY, 1
    assert _refusals() == {"chalandise.E008"}


@pytest.mark.parametrize(
    ("given", "is_production"),
    [
        ({}, "False"),
        ({"CHALANDISE_PUBLIC_URL": "https://commerces.example.fr"}, "True"),
        ({"CHALANDISE_PUBLIC_URL": "HTTPS://commerces.example.fr"}, "True"),
        ({"CHALANDISE_PUBLIC_URL": "https://a.example.fr", "CHALANDISE_DEMO": "1"}, "False"),
        ({"CHALANDISE_PUBLIC_URL": "https://a.example.fr", "CHALANDISE_PRODUCTION": "0"}, "False"),
        ({"CHALANDISE_PRODUCTION": "1"}, "True"),
    ],
)
def test_https_is_production_unless_somebody_says_otherwise(
    given: dict[str, str], is_production: str
) -> None:
    ask = "from chalandise.config import settings; print(settings.PRODUCTION)"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CHALANDISE_")}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=kept | given, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == is_production
