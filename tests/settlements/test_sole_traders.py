"""Sole traders: declared as the persons they are, known to nobody but the tax office and themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree
from tests.cast import Cast
from tests.factories import catalogue, market
from tests.factories.settlements import BAKER, TOWN_HALL, sale

from chalandise.catalogue.actions import save_seller_profile
from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.models import SellerProfile, SoleTrader
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message
from chalandise.organisations.models import Organisation
from chalandise.settlements.actions.diligence import check_sellers, forget_people
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.exports.identity import identity_table
from chalandise.settlements.models import DueDiligence
from chalandise.settlements.queries.dac7 import declared_of
from chalandise.settlements.states import DiligenceState
from chalandise.settlements.tax.dac7 import Activity, Person, Seller, dac7_xml, missing_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BORN = date(1978, 5, 3)
CLAIRE = {"first_name": "Claire", "last_name": "Fournil", "born_on": BORN, "home_address": ""}
BIG = Activity((300_000, 0, 45_050, 0), (12, 0, 3, 0), (1000, 0, 0, 0))
SECRETS = ("Fournil-Garrigou", "1978", "impasse des Tilleuls")


@pytest.fixture
def baker(cast: Cast) -> Organisation:
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    return cast.bakery.organisation


def says(baker: Organisation, **changes: object) -> None:
    said = {"sole_trader": CLAIRE | changes}
    save_seller_profile(baker, said, by=catalogue.BY, at=NOW)


def test_a_person_stands_beside_a_company_in_the_file(dgfip: etree.XMLSchema) -> None:
    claire = Person("Claire\x00", "Fournil", BORN)
    sellers = [
        Seller(7, BAKER, BIG, BIG, claire),
        Seller(8, BAKER, BIG, BIG),
        Seller(9, replace(BAKER, vat_number=""), BIG, BIG, claire),
    ]
    xml = dac7_xml(TOWN_HALL, sellers, year=2026, platform="Achat Lot", at=NOW)
    tree = etree.fromstring(xml)
    dgfip.assertValid(tree)
    persons = tree.findall(".//{*}IndSellerID")
    assert len(persons) == 2
    assert len(tree.findall(".//{*}EntSellerID")) == 1
    assert [text for text in persons[0].itertext() if text.strip()] == [
        "FR", "732829320", "FR44732829320", "Claire", "Fournil",
        "FR", "12 rue Nationale", "46000", "Cahors", "1978-05-03",
    ]  # fmt: skip
    assert persons[1].find("{*}VAT") is None
    assert all(one.find("{*}IN") is None for one in persons)


@pytest.mark.parametrize(
    ("person", "missing"),
    [
        (Person("", "", None), ("first_name", "last_name", "born_on")),
        (Person("Claire", "Fournil", None), ("born_on",)),
        (Person("Claire", "Fournil", BORN), ()),
    ],
)
def test_what_lacks_of_a_person_is_named_and_spoils_no_file(
    dgfip: etree.XMLSchema, person: Person, missing: tuple[str, ...]
) -> None:
    party = replace(BAKER, name="")
    assert missing_of(party, person) == missing
    sellers = [Seller(7, BAKER, BIG, BIG, person)]
    tree = etree.fromstring(dac7_xml(TOWN_HALL, sellers, year=2026, platform="Achat Lot", at=NOW))
    dgfip.assertValid(tree)
    assert len(tree.findall(".//{*}IndividualSeller")) == (0 if missing else 1)
    assert len(tree.findall(".//{*}EntitySeller")) == (1 if missing else 0)


@pytest.mark.django_db
def test_who_says_so_is_a_person_who_lives_somewhere(baker: Organisation) -> None:
    assert declared_of(baker)[1] is None  # as all sellers were before anybody was asked
    says(baker)
    with CaptureQueriesContext(connection) as queries:
        party, person = declared_of(baker)
    assert len(queries) == 1
    assert person == Person("Claire", "Fournil", BORN)
    assert party.lines == ("1 rue du Marché",)
    says(baker, home_address="8 impasse des Tilleuls\n46100 Figeac")
    party, _person = declared_of(baker)
    assert (party.lines, party.town) == (("8 impasse des Tilleuls",), "Figeac")
    says(baker, home_address="8 impasse des Tilleuls")
    assert missing_of(*declared_of(baker)) == ("postal_code", "town")
    save_seller_profile(baker, {"legal_form": "EI"}, by=catalogue.BY, at=NOW)
    assert declared_of(baker)[1] is not None  # another form does not touch it
    save_seller_profile(baker, {"sole_trader": None}, by=catalogue.BY, at=NOW)
    assert declared_of(baker)[1] is None
    assert not SoleTrader.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"born_on": date(2026, 11, 24)}, "born_on", "impossible_birth"),
        ({"born_on": date(2010, 11, 24)}, "born_on", "impossible_birth"),
        ({"born_on": date(1899, 12, 31)}, "born_on", "impossible_birth"),
        ({"born_on": "hier"}, "born_on", "invalid"),
        ({"first_name": "x" * 101}, "first_name", "max_length"),
    ],
)
def test_nobody_sells_who_is_not_born_or_under_sixteen(
    baker: Organisation, changes: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(BadFieldError) as refused:
        says(baker, **changes)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert not SoleTrader.objects.exists()


@pytest.mark.django_db
def test_sixteen_today_is_enough_and_the_database_refuses_another_century(
    baker: Organisation,
) -> None:
    says(baker, born_on=date(2010, 11, 23))
    says(baker, born_on=date(1900, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        SoleTrader.objects.update(born_on=date(1899, 12, 31))


def hand_on() -> None:
    for kind in ("settlements.diligence_moved", "catalogue.seller_changed"):
        dispatch(list(OutboxEvent.objects.filter(kind=kind)))


@pytest.mark.django_db
def test_the_letters_ask_for_it_and_the_form_gives_it(
    cast: Cast, baker: Organisation, client: Client, freeze: Any
) -> None:
    freeze("2026-11-23 10:00")
    market.shop(cast.bakery)
    client.force_login(cast.claire)
    address = reverse("counter:selling", args=[cast.bakery.slug])
    kept = SellerProfile.objects.get(organisation=baker)
    names = ("legal_name", "address", "email", "phone", "siret", "vat_number", "mediator_name")
    form = {name: getattr(kept, name) for name in names}
    form |= {"vat_regime": "normal", "mediator_url": "https://m.test/", "terms_html": "Nos CGV."}
    form |= {"sells_in_own_name": "on", "first_name": "Claire"}
    assert client.post(address, form).status_code == 302
    check_sellers(at=NOW)
    hand_on()
    assert DueDiligence.objects.get().missing == ["last_name", "born_on"]
    letter = Message.objects.get(template="tax_data_asked")
    for place in (letter.text, client.get(address).content.decode()):
        assert "la date de naissance de la personne qui vend" in place
    form |= {
        "last_name": "Fournil-Garrigou",
        "home_address": "8 impasse des Tilleuls\n46100 Figeac",
    }
    refused = client.post(address, {**form, "born_on": "2020-01-01"})
    assert refused.status_code == 422
    assert "seize ans au moins" in refused.content.decode()
    assert client.post(address, {**form, "born_on": "1978-05-03"}).status_code == 302
    hand_on()
    assert DueDiligence.objects.get().state == DiligenceState.GIVEN
    page = client.get(address).content.decode()
    assert all(secret in page for secret in SECRETS)
    _nobody_else_reads_it(cast, client)


def _nobody_else_reads_it(cast: Cast, client: Client) -> None:
    for route in ("storefront:shop_terms", "storefront:shop"):
        public = Client().get(reverse(route, args=[cast.bakery.slug]))
        assert public.status_code == 200
        assert not any(secret in public.content.decode() for secret in SECRETS), route
    written = f"{list(Entry.objects.values_list('detail', flat=True))}"
    told = f"{list(OutboxEvent.objects.values_list('payload', flat=True))}"
    mails = "".join(one.text + one.html for one in Message.objects.all())
    assert not any(secret in written + told + mails for secret in SECRETS)
    address = reverse("counter:export", args=[cast.bakery.slug])
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    own = client.post(address, {"file": "vendeur.csv", **days}).content.decode()
    assert "date de naissance;03/05/1978" in own
    others = client.post(address, {"file": "clients.csv", **days}).content.decode()
    assert not any(secret in others for secret in SECRETS)


@pytest.mark.django_db
def test_an_export_of_nobody_is_empty(baker: Organisation) -> None:
    says(baker)
    rows = dict(identity_table(baker).rows)
    assert (rows["prénom"], rows["date de naissance"]) == ("Claire", "03/05/1978")
    SellerProfile.objects.all().delete()
    assert identity_table(baker).rows == ()


@pytest.mark.django_db
def test_who_is_no_longer_declared_is_forgotten(baker: Organisation) -> None:
    says(baker)
    record_sale(sale(baker, at=NOW), source="payment:1", at=NOW)
    for later in (NOW, NOW + timedelta(days=400), datetime(2036, 12, 31, tzinfo=UTC)):
        assert forget_people(at=later) == 0
    assert forget_people(at=datetime(2037, 1, 1, 6, tzinfo=UTC)) == 1
    assert not SoleTrader.objects.exists()
    assert Entry.objects.filter(verb="sole_trader_forgotten").count() == 1


@pytest.mark.django_db
def test_who_sells_is_not_forgotten(cast: Cast, baker: Organisation) -> None:
    says(baker)
    market.shop(cast.bakery)
    assert forget_people(at=NOW + timedelta(days=400)) == 0
    assert SoleTrader.objects.get().last_name == "Fournil"
