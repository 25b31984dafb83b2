"""DAC7: what lacks of a seller is asked for, recalled twice, and then stops new orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, market
from tests.factories.settlements import sale

from chalandise.catalogue.actions import save_seller_profile
from chalandise.catalogue.actions.sellers import hold_seller
from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.queries import terms_of
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message
from chalandise.organisations.models import Organisation
from chalandise.settlements.actions.diligence import check_sellers, tell_sellers_of_year
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import DueDiligence
from chalandise.settlements.states import DiligenceState

pytestmark = pytest.mark.django_db
FIRST = moment("2026-03-02 06:00")


def on_day(number: int) -> list[str]:
    """Let the morning of a day pass, twice, and return the templates written so far."""
    for _again in range(2):
        check_sellers(at=FIRST + timedelta(days=number))
        hand_on()
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


def hand_on() -> None:
    kinds = ("settlements.diligence_moved", "catalogue.seller_changed", "settlements.year_told")
    for kind in kinds:
        dispatch(list(OutboxEvent.objects.filter(kind=kind)))


@pytest.fixture
def shop(cast: Cast) -> market.Shop:
    """The bakery sells, and its postal address has no town."""
    made = market.shop(cast.bakery)
    SellerProfile.objects.update(address="1 rue du Marché")
    return made


@pytest.fixture
def baker(cast: Cast) -> Organisation:
    assert cast.bakery.organisation is not None
    return cast.bakery.organisation


def is_orderable(shop: market.Shop) -> bool:
    pk = shop.offers[0].pk
    return terms_of([pk], at=market.NOW)[pk].is_orderable


def test_after_two_reminders_and_sixty_days_no_new_order_is_taken(
    shop: market.Shop, baker: Organisation
) -> None:
    assert on_day(0) == ["tax_data_asked"]
    assert DueDiligence.objects.get().missing == ["postal_code", "town"]
    assert on_day(19) == ["tax_data_asked"]
    assert on_day(20) == ["tax_data_asked"] * 2
    assert on_day(40) == ["tax_data_asked"] * 3
    assert on_day(59) == ["tax_data_asked"] * 3
    assert is_orderable(shop)
    assert on_day(60)[-1] == "tax_data_held"
    assert not is_orderable(shop)
    assert on_day(90)[-1] == "tax_data_held"
    letters = list(Message.objects.order_by("pk"))
    assert {letter.to for letter in letters} == {"claire@exemple.test"}
    assert "1er mai 2026" in letters[0].text
    assert "la ville, dans l’adresse postale" in letters[0].text
    assert not any("{" in letter.text + letter.html for letter in letters)


def test_it_is_let_go_in_the_moment_in_which_it_is_given(
    shop: market.Shop, baker: Organisation
) -> None:
    for day in (0, 20, 40, 60):
        on_day(day)
    assert not is_orderable(shop)
    address = {"address": "1 rue du Marché\n46000 Cahors"}
    save_seller_profile(baker, address, by=catalogue.BY, at=FIRST + timedelta(days=61))
    hand_on()
    assert is_orderable(shop)
    assert DueDiligence.objects.get().state == DiligenceState.GIVEN
    hand_on()
    assert Message.objects.order_by("-pk")[0].template == "tax_data_given"


def test_what_lacks_again_is_asked_for_from_the_beginning(
    shop: market.Shop, baker: Organisation
) -> None:
    on_day(0)
    SellerProfile.objects.update(address="1 rue du Marché\n46000 Cahors")
    on_day(30)
    SellerProfile.objects.update(siren="123456789", siret="12345678900010")
    assert on_day(70)[-1] == "tax_data_asked"
    held = DueDiligence.objects.get()
    assert (held.state, held.missing) == (DiligenceState.ASKED, ["siren"])
    assert held.asked_at == FIRST + timedelta(days=70)


def test_a_hold_for_another_reason_stays(shop: market.Shop, baker: Organisation) -> None:
    on_day(0)
    hold_seller(baker, reason="other", by=catalogue.BY, at=FIRST)
    SellerProfile.objects.update(address="1 rue du Marché\n46000 Cahors")
    on_day(1)
    assert not is_orderable(shop)


def test_whoever_is_complete_hears_nothing(cast: Cast) -> None:
    market.shop(cast.bakery)
    assert on_day(0) == []
    assert not DueDiligence.objects.exists()


def test_the_merchant_and_the_desk_read_it(shop: market.Shop, cast: Cast, client: Client) -> None:
    on_day(0)
    client.force_login(cast.claire)
    for route in ("counter:selling", "counter:papers"):
        page = client.get(reverse(route, args=[cast.bakery.slug])).content.decode()
        assert "la ville, dans l’adresse postale" in page
        assert "1er\xa0mai 2026" in page
    client.force_login(cast.helene)
    page = client.get(reverse("console:taxes")).content.decode()
    assert "la ville, dans l’adresse postale" in page
    client.force_login(cast.odile)
    page = client.get(reverse("console:taxes")).content.decode()
    assert "la ville, dans l’adresse postale" not in page


def test_the_desk_takes_the_yearly_file_and_sellers_get_their_year(
    shop: market.Shop, baker: Organisation, cast: Cast, client: Client
) -> None:
    SellerProfile.objects.update(address="1 rue du Marché\n46000 Cahors")
    for number in range(31):
        record_sale(sale(baker, at=FIRST), source=f"payment:{number}", at=FIRST)
    client.force_login(cast.helene)
    address = reverse("console:declaration", args=[2026])
    assert client.get(address).status_code == 404  # nobody knows yet who declares
    type(cast.lot).objects.filter(pk=cast.lot.pk).update(operator_siren="732829320")
    file = client.get(address)
    assert file["Content-Type"] == "application/xml"
    tree = etree.fromstring(file.content)
    assert len(tree.findall(".//{*}ReportableSeller")) == 1
    assert tree.findtext(".//{*}PlatformOperator/{*}TIN") == "732829320"
    client.force_login(cast.odile)
    assert not etree.fromstring(_file(cast, client)).findall(".//{*}ReportableSeller")
    for _again in range(2):
        assert tell_sellers_of_year(year=2026, at=FIRST) == 1
        hand_on()
    letter = Message.objects.get(template="tax_year")
    assert "annee-2026.pdf" in letter.text


def _file(cast: Cast, client: Client) -> bytes:
    """The file of the next département, whose operator has a number too."""
    type(cast.elsewhere).objects.filter(pk=cast.elsewhere.pk).update(operator_siren="732829320")
    return bytes(client.get(reverse("console:declaration", args=[2026])).content)
