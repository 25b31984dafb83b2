from datetime import date

import pytest
from tests.shared_data import find_shared, shared_data

from chalandise.kernel.holidays import (
    ZONES,
    easter,
    holiday_name,
    holiday_zone_for,
    is_public_holiday,
    public_holidays,
)
from chalandise.territories.clock import holiday_zone_of


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1818, 3, 22),
        (1943, 4, 25),
        (1954, 4, 18),
        (1981, 4, 19),
        (2000, 4, 23),
        (2008, 3, 23),
        (2024, 3, 31),
        (2026, 4, 5),
        (2038, 4, 25),
        (2049, 4, 18),
    ],
)
def test_easter_falls_on_its_sunday(year, month, day):
    assert easter(year) == date(year, month, day)


def test_easter_is_always_a_sunday_between_22_march_and_25_april():
    for year in range(1583, 4000):
        sunday = easter(year)
        assert sunday.weekday() == 6
        assert (3, 22) <= (sunday.month, sunday.day) <= (4, 25)


def test_the_eleven_national_days_are_kept_everywhere():
    national = {holiday.on for holiday in public_holidays("metropole", 2026)}
    assert len(national) == 11
    for zone in ZONES:
        assert national <= {holiday.on for holiday in public_holidays(zone, 2026)}


@pytest.mark.parametrize(
    ("zone", "on", "name"),
    [
        ("alsace-moselle", date(2026, 4, 3), "Vendredi saint"),
        ("alsace-moselle", date(2026, 12, 26), "Saint-Étienne"),
        ("971", date(2026, 5, 27), "Abolition de l’esclavage"),
        ("972", date(2026, 5, 22), "Abolition de l’esclavage"),
        ("973", date(2026, 6, 10), "Abolition de l’esclavage"),
        ("974", date(2026, 12, 20), "Abolition de l’esclavage"),
        ("976", date(2026, 4, 27), "Abolition de l’esclavage"),
        ("987", date(2026, 11, 20), "Matari’i i ni’a"),
    ],
)
def test_a_territory_keeps_its_own_day_and_the_mainland_does_not(zone, on, name):
    assert holiday_name(zone, on) == name
    assert not is_public_holiday("metropole", on)


def test_two_feasts_on_one_day_are_both_named():
    # In 2008 Ascension fell on 1 May.
    assert holiday_name("metropole", date(2008, 5, 1)) == "Ascension, Fête du Travail"


def test_an_unknown_zone_is_refused():
    with pytest.raises(ValueError, match="atlantis"):
        public_holidays("atlantis", 2026)


def test_a_departement_leads_to_its_zone():
    assert [holiday_zone_for(code) for code in ("57", "67", "68", "46", "2A", "974")] == [
        "alsace-moselle",
        "alsace-moselle",
        "alsace-moselle",
        "metropole",
        "metropole",
        "974",
    ]


def test_every_place_of_the_republic_has_its_calendar():
    codes = [f"{number:02d}" for number in range(1, 96)] + ["2A", "2B"]
    codes += [str(number) for number in (*range(971, 979), *range(984, 990))]
    assert {holiday_zone_of(code) for code in codes} <= set(ZONES)


@shared_data("horaires/fr_holidays_opening_hours_js.yaml")
@pytest.mark.shared_data
def test_our_days_are_those_of_the_reference_table():
    text = find_shared("horaires/fr_holidays_opening_hours_js.yaml").read_text(encoding="utf-8")
    days = [line for line in text.splitlines() if "'name':" in line]
    states = {
        "Moselle": "alsace-moselle",
        "Guadeloupe": "971",
        "Martinique": "972",
        "Guyane": "973",
        "Réunion": "974",
        "Mayotte": "976",
        "Saint-Barthélemy": "977",
        "Saint-Martin": "978",
        "Wallis-et-Futuna": "986",
        "Polynésie française": "987",
        "Nouvelle-Calédonie": "988",
    }
    for state, zone in states.items():
        mentioned = [line for line in days if "only_states" not in line or state in line]
        # 5 March is missing from the reference.
        extra = 1 if zone == "987" else 0
        assert len(public_holidays(zone, 2024)) == len(mentioned) + extra, state
