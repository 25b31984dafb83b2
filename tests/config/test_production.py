"""Production refuses what only suits a demonstration (fault 88)."""

from __future__ import annotations

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
