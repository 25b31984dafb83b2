"""The hotline finds the shop, writes down what it hears, and says where it comes from."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from chalandise.accounts.models import User
from chalandise.console.listings import establishments
from chalandise.console.listings.category_field import CategoryField
from chalandise.directory.models import Category, Establishment, Fact
from chalandise.directory.states import ListingState
from chalandise.journal.actions import subject_of
from chalandise.journal.models import Entry
from chalandise.kernel.sorting import french_sort_key

Sit = Callable[[User], Client]


def edit(cast: Cast, part: str) -> str:
    return reverse("console:edit_establishment", args=[cast.bakery.pk, part])


@pytest.mark.parametrize(
    "asked",
    ["pain chanvre", "PAIN de Chanvré", "05 65 00 00 01", "0565000001", "000001", "12345678900011"],
)
def test_a_shop_is_found_by_name_telephone_or_siret(at_desk: Sit, cast: Cast, asked: str) -> None:
    Establishment.objects.filter(pk=cast.bakery.pk).update(siret="12345678900011")
    page = at_desk(cast.helene).get("/console/commerces/", {"q": asked}).content.decode()
    assert "Au Pain de Chanvre" in page
    assert "Le Livre d’Olt" not in page


def test_a_search_without_answer_says_what_to_try(at_desk: Sit, cast: Cast) -> None:
    page = at_desk(cast.helene).get("/console/commerces/", {"q": "zzz"}).content.decode()
    assert "Essayez la fin du numéro de téléphone" in page


def test_hidden_sheets_are_found_too(at_desk: Sit, cast: Cast) -> None:
    Establishment.objects.filter(pk=cast.bakery.pk).update(status=ListingState.HIDDEN)
    page = at_desk(cast.helene).get("/console/commerces/", {"state": "hidden"}).content.decode()
    assert "Au Pain de Chanvre" in page


def test_what_the_hotline_hears_is_a_fact_of_the_operator(at_desk: Sit, cast: Cast) -> None:
    answer = at_desk(cast.helene).post(edit(cast, "hours"), {"visit": "lundi au samedi 8h-12h"})
    assert answer.status_code == 302
    shop = Establishment.objects.get(pk=cast.bakery.pk)
    assert shop.hours.get().value == "Mo-Sa 08:00-12:00"
    assert shop.hours_verified_at is not None
    fact = Fact.objects.get(establishment=shop, field="hours:visit")
    assert (fact.source_kind, fact.source_label) == ("operator", "Chambre de démonstration")
    entry = Entry.objects.filter(subject=subject_of(shop), verb="facts_changed").latest("pk")
    assert (entry.actor_kind, entry.actor_label) == ("agent", "Hélène Standard")


def test_the_hotline_writes_down_the_hours_of_all_three_purposes(at_desk: Sit, cast: Cast) -> None:
    helene = at_desk(cast.helene)
    said = {
        "visit": "lundi au samedi 8h-12h",
        "collect": "samedi 9h-11h",
        "deliver": "lundi 14h-16h",
    }
    assert helene.post(edit(cast, "hours"), said).status_code == 302
    shop = Establishment.objects.get(pk=cast.bakery.pk)
    assert {one.purpose: one.value for one in shop.hours.all()} == {
        "visit": "Mo-Sa 08:00-12:00",
        "collect": "Sa 09:00-11:00",
        "deliver": "Mo 14:00-16:00",
    }
    page = helene.get(f"/console/commerces/{shop.pk}/").content.decode()
    assert "<h3>Horaires de retrait</h3>" in page
    assert "<h3>Horaires de livraison</h3>" in page
    refused = helene.post(edit(cast, "hours"), {**said, "deliver": "quand il fait beau"})
    field = refused.content.decode().split('name="deliver"')[1]
    assert "quand il fait beau" in field
    helene.post(edit(cast, "hours"), {**said, "deliver": ""})
    assert not shop.hours.filter(purpose="deliver").exclude(value="").exists()


def test_what_the_merchant_says_on_the_telephone_is_the_merchants(at_desk: Sit, cast: Cast) -> None:
    helene = at_desk(cast.helene)
    helene.post(edit(cast, "services"), {"services": ["delivery"], "spoken_by_merchant": "on"})
    fact = Fact.objects.get(establishment=cast.bakery, field="services")
    assert fact.source_kind == "merchant"
    entry = Entry.objects.filter(subject=subject_of(cast.bakery)).latest("pk")
    assert (entry.actor_label, entry.behalf_of) == ("Hélène Standard", "Au Pain de Chanvre")
    page = helene.post(edit(cast, "services"), {"services": ["pickup"]}, follow=True)
    assert "Le commerçant a dit autre chose" in page.content.decode()
    assert Establishment.objects.get(pk=cast.bakery.pk).services == ["delivery"]


@pytest.mark.parametrize(
    ("part", "data", "sentence"),
    [
        ("hours", {"visit": "quand il fait beau"}, "Ces horaires ne se lisent pas"),
        ("address", {"postal_code": "4600", "commune": "Cahors"}, "cinq chiffres"),
        ("address", {"postal_code": "82000", "commune": "Montauban"}, "Aucune commune"),
        ("contact", {"phone": "12"}, "ne peut pas être composé"),
        ("contact", {"website": "javascript:alert(1)"}, "n’est pas une adresse web"),
    ],
)
def test_what_cannot_enter_is_refused_in_words_and_changes_nothing(
    at_desk: Sit, cast: Cast, part: str, data: dict[str, str], sentence: str
) -> None:
    before = Establishment.objects.filter(pk=cast.bakery.pk).values().get()
    whole = {"name": cast.bakery.name, "category": cast.bakery.category_id} | data
    response = at_desk(cast.helene).post(edit(cast, part), whole)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Establishment.objects.filter(pk=cast.bakery.pk).values().get() == before


def test_no_other_column_can_be_reached_through_a_form(at_desk: Sit, cast: Cast) -> None:
    data = {
        "name": "Au Pain de Chanvre",
        "category": cast.bakery.category_id,
        "phone": "05 65 00 00 02",
        "level": 6,
        "status": "closed",
        "organisation": cast.bookshop.organisation_id,
        "siret": "12345678900011",
    }
    at_desk(cast.helene).post(edit(cast, "contact"), data)
    shop = Establishment.objects.get(pk=cast.bakery.pk)
    assert shop.phone == "+33565000002"
    assert shop.status == ListingState.PUBLISHED
    assert shop.siret is None
    assert shop.organisation_id == cast.bakery.organisation_id


def test_a_sheet_is_hidden_and_shown_again_with_a_reason(at_desk: Sit, cast: Cast) -> None:
    helene = at_desk(cast.helene)
    address = reverse("console:move_establishment", args=[cast.bakery.pk])
    helene.post(address, {"to": "hidden", "reason": "travaux", "ground": "facts"})
    assert Establishment.objects.get(pk=cast.bakery.pk).status == ListingState.HIDDEN
    page = helene.get(reverse("console:establishment", args=[cast.bakery.pk])).content.decode()
    assert "travaux" in page
    helene.post(address, {"to": "published"})
    assert Establishment.objects.get(pk=cast.bakery.pk).status == ListingState.PUBLISHED
    assert helene.post(address, {"to": "anything"}).status_code == 400


def test_the_sheet_says_where_each_fact_comes_from(at_desk: Sit, cast: Cast) -> None:
    at_desk(cast.helene).post(edit(cast, "hours"), {"visit": "lundi 8h-12h"})
    page = at_desk(cast.helene).get(reverse("console:establishment", args=[cast.bakery.pk]))
    assert "Chambre de démonstration" in page.content.decode()


def test_the_week_of_a_sheet_is_that_of_the_shops_own_calendar(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Sunday evening in Paris it is Monday on Réunion."""
    sunday_evening = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
    monkeypatch.setattr(establishments, "timezone", SimpleNamespace(now=lambda: sunday_evening))
    cast.bakery.timezone = "Indian/Reunion"
    cast.bakery.save()
    address = reverse("console:establishment", args=[cast.bakery.pk])
    answer = at_desk(cast.helene).get(address)
    assert answer.context["days"][0].day == date(2026, 11, 23)
    cast.bakery.timezone = "Europe/Paris"
    cast.bakery.save()
    answer = at_desk(cast.helene).get(address)
    assert answer.context["days"][0].day == date(2026, 11, 16)


def test_a_shop_that_no_register_knows_is_registered_during_the_call(
    at_desk: Sit, cast: Cast
) -> None:
    data = {
        "name": "La Cave du Pont",
        "category": cast.bakery.category_id,
        "street": "2 quai Valentré",
        "postal_code": "46000",
        "commune": "cahors",
        "phone": "05 65 00 00 07",
    }
    helene, address = at_desk(cast.helene), reverse("console:new_establishment")
    assert helene.post(address, data).status_code == 302
    shop = Establishment.objects.get(name="La Cave du Pont")
    assert (shop.commune, shop.phone) == (cast.bakery.commune, "+33565000007")
    assert shop.is_located_by_commune
    assert {fact.source_kind for fact in shop.facts.all()} == {"operator"}
    again = helene.post(address, data)
    assert again.status_code == 422
    assert "déjà une fiche de ce nom" in again.content.decode()


def test_no_shop_is_registered_outside_the_portal(at_desk: Sit, cast: Cast) -> None:
    data = {
        "name": "La Cave du Pont",
        "category": cast.bakery.category_id,
        "postal_code": "82000",
        "commune": "Montauban",
    }
    response = at_desk(cast.helene).post(reverse("console:new_establishment"), data)
    assert response.status_code == 422
    assert not Establishment.objects.filter(name="La Cave du Pont").exists()


def test_fault_77_an_agent_does_not_register_a_disguise(at_desk: Sit, cast: Cast) -> None:
    before = Establishment.objects.count()
    data = {
        "name": "Au Pаin de Chаnvre",
        "category": "boulangerie",
        "postal_code": "46000",
        "commune": "Cahors",
    }
    page = at_desk(cast.helene).post(reverse("console:new_establishment"), data)
    assert page.status_code == 422
    assert "ressemble à « Au Pain de Chanvre »" in page.content.decode().replace("\u202f", " ")
    assert Establishment.objects.count() == before


def test_categories_stand_where_a_reader_looks_for_them(cast: Cast) -> None:
    for key, name in (("b-z", "Zinguerie"), ("b-e", "Épicerie rare"), ("b-f", "Forge")):
        Category.objects.create(
            key=key, name=name, parent_id=cast.bakery.category.parent_id, icon="jar", tint="#ffffff"
        )
    labels = [label for _key, label in CategoryField(label="Category").choices]
    assert labels[0] == "---------"
    assert labels[1:] == sorted(labels[1:], key=french_sort_key)
    assert labels.index("Épicerie rare") < labels.index("Forge") < labels.index("Zinguerie")
