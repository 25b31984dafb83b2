"""Facts enter by one door, where the stronger source wins."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clock import moment
from tests.factories import directory, territories

from chalandise.directory.actions.facts import apply_facts, apply_facts_in_bulk
from chalandise.directory.errors import BadFactError
from chalandise.directory.fact_fields import FIELDS
from chalandise.directory.models import Establishment
from chalandise.directory.states import Level, SourceKind
from chalandise.directory.values import Position, PostalAddress, SourceRef
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor

pytestmark = pytest.mark.django_db

AT = moment("2026-11-18 10:30")
ROBOT = Actor.system("import")
CLAIRE = Actor("person", "7", "Claire")
OLD_REGISTER = SourceRef(SourceKind.REGISTER, "registre Sirene", "LO 2.0", date(2025, 1, 1))
REGISTER = SourceRef(SourceKind.REGISTER, "registre Sirene", "LO 2.0", date(2026, 11, 1))
OSM = SourceRef(SourceKind.COMMUNITY, "OpenStreetMap", "ODbL 1.0", date(2026, 10, 1))
CSV = SourceRef(SourceKind.LOCAL_FILE, "fichier de la mairie", "", date(2026, 9, 1))
OPERATOR = SourceRef(SourceKind.OPERATOR, "la chambre")
MERCHANT = SourceRef(SourceKind.MERCHANT, "le commerce")


def bakery_facts(**more: object) -> dict[str, object]:
    return {
        "name": "Le Pain de l’Olt",
        "category": directory.category(),
        "address": PostalAddress("3 quai Champollion", "46000", territories.cahors()),
        **more,
    }


def make(source: SourceRef = REGISTER, **more: object) -> Establishment:
    applied = apply_facts(None, bakery_facts(**more), source=source, by=ROBOT, at=AT)
    assert applied.is_new
    return applied.establishment


def bring(one: Establishment, source: SourceRef, **facts: object):
    by = CLAIRE if source.kind == SourceKind.MERCHANT else ROBOT
    return apply_facts(one, facts, source=source, by=by, at=AT)


def test_a_first_import_makes_the_sheet_and_says_where_each_fact_comes_from():
    one = make(phone="+33565000001", **{"hours:visit": "Mo-Fr 09:00-12:00"})
    one.refresh_from_db()
    assert (one.slug, one.timezone, one.level) == (
        "le-pain-de-l-olt-cahors",
        "Europe/Paris",
        Level.LISTED,
    )
    assert one.hours.get().value == "Mo-Fr 09:00-12:00"
    facts = {fact.field: fact for fact in one.facts.all()}
    assert set(facts) == {"name", "category", "address", "phone", "hours:visit"}
    assert facts["phone"].source_label == "registre Sirene"
    assert facts["phone"].dated_on == date(2026, 11, 1)
    assert facts["phone"].verified_at is None
    assert Entry.objects.get(subject=f"directory.establishment:{one.pk}").verb == "listed"
    event = OutboxEvent.objects.get(kind="directory.establishments_changed")
    assert event.payload == {"establishment_ids": [one.pk]}


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        (MERCHANT, OPERATOR, "first"),
        (MERCHANT, REGISTER, "first"),
        (OPERATOR, OSM, "first"),
        (REGISTER, OPERATOR, "second"),
        (OPERATOR, MERCHANT, "second"),
        (OSM, REGISTER, "second"),  # both are files: the fresher wins
        (REGISTER, OSM, "first"),
        (REGISTER, CSV, "first"),
        (OLD_REGISTER, REGISTER, "second"),
        (REGISTER, OLD_REGISTER, "first"),
        (MERCHANT, MERCHANT, "second"),
        (REGISTER, REGISTER, "second"),
    ],
)
def test_the_stronger_source_wins(first: SourceRef, second: SourceRef, wins: str):
    one = make(OLD_REGISTER)
    bring(one, first, phone="+33565000001")
    applied = bring(one, second, phone="+33565000002")
    one.refresh_from_db()
    assert one.phone == ("+33565000001" if wins == "first" else "+33565000002")
    assert (applied.kept == ("phone",)) == (wins == "first")
    label = (first if wins == "first" else second).label
    assert one.facts.get(field="phone").source_label == label


def test_a_feed_never_overwrites_what_the_merchant_verified_75():
    one = make()
    bring(one, MERCHANT, website="", description="Pain au levain.", **{"hours:visit": "Mo off"})
    bring(
        one,
        OSM,
        website="https://exemple.test/",
        description="<p>autre</p>",
        **{"hours:visit": "Mo 08:00-19:00"},
    )
    one.refresh_from_db()
    assert one.website == ""  # « no website » is a fact too
    assert one.description == "<p>Pain au levain.</p>"
    assert one.hours.get().value == "Mo off"


def test_a_file_that_says_nothing_takes_nothing_away():
    one = make(phone="+33565000001")
    applied = bring(one, REGISTER, phone="", website=None)
    one.refresh_from_db()
    assert one.phone == "+33565000001"
    assert applied.changed == applied.confirmed == ()


def test_two_files_complete_each_other_about_services():
    one = make(OSM, services=["wheelchair", "takeaway"])
    bring(one, REGISTER, services=["delivery"])
    assert one.services == ["delivery", "takeaway", "wheelchair"]
    bring(one, MERCHANT, services=["pickup"])
    assert one.services == ["pickup"]
    assert one.services_verified_at == AT


def test_the_centre_of_a_commune_never_replaces_a_real_position():
    one = make(OSM, position=Position(44.4480, 1.4400))
    bring(one, REGISTER, position=Position(44.4475, 1.4419, is_by_commune=True))
    assert (one.latitude, one.is_located_by_commune) == (44.4480, False)


def test_a_street_alone_never_replaces_the_house_that_another_file_knows():
    one = make(OLD_REGISTER)
    there = territories.cahors()
    bring(one, OSM, address=PostalAddress("quai Champollion", "46000", there))
    assert one.street == "3 quai Champollion"
    bring(one, OSM, address=PostalAddress("5 quai Champollion", "46000", there))
    assert one.street == "5 quai Champollion"
    bring(one, OSM, address=PostalAddress("quai Champollion", "46000", there))
    assert one.street == "quai Champollion"  # a source corrects itself
    bring(one, MERCHANT, address=PostalAddress("les halles", "46000", there))
    assert one.street == "les halles"


def test_hours_that_cannot_be_read_are_kept_as_written_beside_the_problem():
    one = make(CSV, **{"hours:visit": "quand je peux, ou pas"})
    row = one.hours.get()
    assert row.value == ""
    assert row.raw == "quand je peux, ou pas"
    assert row.problem
    bring(one, OSM, **{"hours:visit": "Sa 09:00-12:00"})
    bring(one, REGISTER, **{"hours:visit": "on verra bien"})
    assert one.hours.get().value == "Sa 09:00-12:00"


def test_the_address_of_a_sheet_survives_a_new_name():
    one = make()
    bring(one, MERCHANT, name="Chez Claire")
    one.refresh_from_db()
    assert (one.name, one.slug) == ("Chez Claire", "le-pain-de-l-olt-cahors")
    assert one.sort_key.startswith("chez claire")


def test_shops_of_one_name_in_one_town_get_numbered_addresses():
    brought = [(None, bakery_facts()), (None, bakery_facts()), (None, bakery_facts(name="Ô Fil"))]
    first = apply_facts_in_bulk(brought, source=REGISTER, by=ROBOT, at=AT)
    again = apply_facts_in_bulk(brought[:1], source=REGISTER, by=ROBOT, at=AT)
    slugs = [one.establishment.slug for one in (*first, *again)]
    assert slugs == [
        "le-pain-de-l-olt-cahors",
        "le-pain-de-l-olt-cahors-2",
        "o-fil-cahors",
        "le-pain-de-l-olt-cahors-3",
    ]


def test_a_name_without_latin_letters_still_gets_an_address():
    assert make(name="Мир").slug == "cahors"


def test_names_lose_what_cannot_be_seen_77():
    one = make(name="Bou\u200blan\u202egerie\u0000 Dupont")
    assert one.name == "Boulangerie Dupont"


def test_no_other_column_can_be_reached_by_a_fact_48():
    one = make()
    for column in [f.name for f in Establishment._meta.concrete_fields if f.name not in FIELDS]:
        with pytest.raises(BadFactError):
            bring(one, MERCHANT, **{column: "5"})


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.test",
        "https://",
        "https://a.test/\"onx='",
        " vbscript:x",
        "https://[",
    ],
)
def test_an_address_that_a_browser_would_run_is_refused_65(address: str):
    one = make()
    with pytest.raises(BadFactError):
        bring(one, MERCHANT, website=address)
    one.refresh_from_db()
    assert one.website == ""


def test_a_batch_costs_the_same_number_of_queries_at_two_sizes(django_assert_num_queries, cast):
    def batch(size: int, name: str) -> list[tuple[None, dict[str, object]]]:
        return [(None, bakery_facts(name=f"{name} {n}", phone="+33565000001")) for n in range(size)]

    small, large = batch(3, "Petit"), batch(30, "Grand")
    with django_assert_num_queries(9):
        few = apply_facts_in_bulk(small, source=REGISTER, by=ROBOT, at=AT)
    with django_assert_num_queries(9):
        many = apply_facts_in_bulk(large, source=REGISTER, by=ROBOT, at=AT)
    again = [(one.establishment, {"phone": "+33565000002"}) for one in few]
    with django_assert_num_queries(10):
        apply_facts_in_bulk(again, source=REGISTER, by=ROBOT, at=AT)
    again = [(one.establishment, {"phone": "+33565000002"}) for one in many]
    with django_assert_num_queries(10):
        apply_facts_in_bulk(again, source=REGISTER, by=ROBOT, at=AT)
