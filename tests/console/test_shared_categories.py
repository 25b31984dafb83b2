"""Several portals share one tree: nobody re-files the shops of a neighbour."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import directory, portals

from chalandise.accounts.models import User
from chalandise.directory.actions.categories import CategoryEdit, edit_category
from chalandise.directory.actions.classifying import (
    add_category,
    restore_category,
    retire_category,
)
from chalandise.directory.errors import SharedCategoriesError
from chalandise.directory.models import Category
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal
from chalandise.portals.states import StaffRole

Sit = Callable[[User], Client]
SENTENCE = "seule une personne qui les administre tous"
VERBS = ("added", "edited", "retired", "restored")


@pytest.fixture(autouse=True)
def tree(cast: Cast) -> None:
    """A branch with the two leaves that these tests speak of."""
    branch = directory.category("alimentation", "Alimentation")
    Category.objects.filter(pk="boulangerie").update(parent=branch)
    directory.category("patisserie", "Pâtisserie", parent=branch)


def rows() -> list[dict[str, object]]:
    return list(Category.objects.order_by("pk").values())


@pytest.mark.parametrize(
    ("name", "keys", "data"),
    [
        ("retire_category", ["boulangerie"], {"moving_to": "patisserie"}),
        ("retire_category", ["boulangerie"], {}),
        ("restore_category", ["boulangerie"], {}),
        ("new_category", [], {"name": "Tripier"}),
        ("category", ["boulangerie"], {"name": "Rien"}),
    ],
)
def test_who_administers_one_portal_of_two_changes_nothing_of_the_tree(
    at_desk: Sit, cast: Cast, name: str, keys: list[str], data: dict[str, str]
) -> None:
    gilles, before = at_desk(cast.gilles), rows()
    answer = gilles.post(reverse(f"console:{name}", args=keys), data, follow=True)
    assert answer.redirect_chain == [(reverse("console:categories"), 302)]
    page = answer.content.decode()
    assert f"{SENTENCE} peut en changer une. Rien n’a changé." in page
    assert reverse("console:new_category") not in page
    cast.foreign_shop.refresh_from_db()
    assert cast.foreign_shop.category_id == "boulangerie"
    assert rows() == before
    assert not Entry.objects.filter(verb__in=VERBS).exists()


def test_the_actions_themselves_refuse(cast: Cast) -> None:
    one, by, at = Category.objects.get(pk="boulangerie"), Actor.agent(cast.gilles), timezone.now()
    place, before = Category.objects.get(pk="patisserie"), rows()
    edit = CategoryEdit("A", "A", "A", "A", [], [], "", "#000000", 1, [], one.parent, [])
    for act in (
        lambda: retire_category(one, moving_to=place, by=by, at=at),
        lambda: restore_category(one, by=by, at=at),
        lambda: add_category(edit, by=by, at=at),
        lambda: edit_category(one, edit, by=by, at=at),
        lambda: restore_category(one, by=Actor.guest("quelqu’un"), at=at),
    ):
        with pytest.raises(SharedCategoriesError):
            act()
    assert rows() == before


def test_who_administers_both_moves_the_shops_of_both(at_desk: Sit, cast: Cast) -> None:
    portals.staff(cast.gilles, cast.elsewhere, StaffRole.ADMINISTRATOR)
    address = reverse("console:retire_category", args=["boulangerie"])
    assert at_desk(cast.gilles).post(address, {"moving_to": "patisserie"}).status_code == 302
    for shop in (cast.bakery, cast.foreign_shop):
        shop.refresh_from_db()
        assert shop.category_id == "patisserie"


def test_an_agent_of_the_neighbour_is_not_its_administrator(at_desk: Sit, cast: Cast) -> None:
    portals.staff(cast.gilles, cast.elsewhere, StaffRole.AGENT)
    address = reverse("console:retire_category", args=["boulangerie"])
    assert SENTENCE in at_desk(cast.gilles).get(address, follow=True).content.decode()


def test_where_one_portal_stands_alone_its_administrator_changes_the_tree(
    at_desk: Sit, cast: Cast
) -> None:
    Portal.objects.filter(pk=cast.elsewhere.pk).update(parent=cast.lot)
    gilles = at_desk(cast.gilles)
    page = gilles.get(reverse("console:categories")).content.decode()
    assert reverse("console:new_category") in page
    assert SENTENCE not in page
    address = reverse("console:retire_category", args=["boulangerie"])
    assert gilles.post(address, {"moving_to": "patisserie"}).status_code == 302
    cast.bakery.refresh_from_db()
    assert cast.bakery.category_id == "patisserie"


def test_the_list_counts_the_shops_of_ones_own_portal(at_desk: Sit, cast: Cast) -> None:
    directory.establishment(commune=cast.bookshop.commune)
    assert "Boulangerie (2)" in at_desk(cast.gilles).get("/console/categories/").content.decode()
    odile = Client(SERVER_NAME="voisin.test")
    odile.force_login(cast.odile, backend="django.contrib.auth.backends.ModelBackend")
    assert "Boulangerie (1)" in odile.get("/console/categories/").content.decode()
