from zoneinfo import ZoneInfo

import pytest

from chalandise.territories import clock
from chalandise.territories.models import Territory
from chalandise.territories.states import Kind


@pytest.mark.parametrize(
    ("insee_code", "departement"),
    [("46042", "46"), ("2A004", "2A"), ("97105", "971"), ("98818", "988"), ("01001", "01")],
)
def test_a_commune_tells_its_departement_by_its_code(insee_code: str, departement: str) -> None:
    assert clock.departement_code_of(insee_code) == departement


@pytest.mark.parametrize(
    ("departement", "timezone", "holidays"),
    [
        ("46", "Europe/Paris", "metropole"),
        ("2A", "Europe/Paris", "metropole"),
        ("57", "Europe/Paris", "alsace-moselle"),
        ("67", "Europe/Paris", "alsace-moselle"),
        ("68", "Europe/Paris", "alsace-moselle"),
        ("54", "Europe/Paris", "metropole"),
        ("971", "America/Guadeloupe", "971"),
        ("972", "America/Martinique", "972"),
        ("973", "America/Cayenne", "973"),
        ("974", "Indian/Reunion", "974"),
        ("976", "Indian/Mayotte", "976"),
        ("975", "America/Miquelon", "975"),
        ("988", "Pacific/Noumea", "988"),
    ],
)
def test_clocks_and_holidays_follow_the_departement(
    departement: str, timezone: str, holidays: str
) -> None:
    assert clock.timezone_of(departement) == timezone
    assert clock.holiday_zone_of(departement) == holidays


def test_the_marquesas_and_the_gambier_have_clocks_of_their_own() -> None:
    tahiti, nuku_hiva, gambier = (
        Territory(kind=Kind.COMMUNE, code=code, key=f"commune-{code}").timezone
        for code in ("98735", "98731", "98719")
    )
    assert (tahiti, nuku_hiva, gambier) == (
        "Pacific/Tahiti",
        "Pacific/Marquesas",
        "Pacific/Gambier",
    )


def test_every_clock_is_known_to_the_time_zone_database() -> None:
    codes = ["46", *clock.COLLECTIVITIES, "971", "972", "973", "974", "976"]
    for code in codes:
        assert ZoneInfo(clock.timezone_of(code)).key == clock.timezone_of(code)


def test_an_overseas_region_keeps_the_time_of_its_only_departement() -> None:
    reunion = Territory(kind=Kind.REGION, code="04", key="region-04")
    assert (reunion.timezone, reunion.holiday_zone) == ("Indian/Reunion", "974")
    occitanie = Territory(kind=Kind.REGION, code="76", key="region-76")
    assert (occitanie.timezone, occitanie.holiday_zone) == ("Europe/Paris", "metropole")
