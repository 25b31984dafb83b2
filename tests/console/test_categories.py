"""The operator's own classification: what is added, what is retired, and what becomes of shops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import accounts, portals

from chalandise.accounts.models import User
from chalandise.directory.actions.categories import CategoryEdit, load_categories
from chalandise.directory.actions.classifying import (
    add_category,
    restore_category,
    retire_category,
)
from chalandise.directory.classification import FALLBACK_CATEGORY
from chalandise.directory.errors import (
    AlreadyRetiredError,
    MisplacedCategoryError,
    NeededCategoryError,
)
from chalandise.directory.models import Category, Establishment
from chalandise.directory.queries.filing import filing_categories
from chalandise.discovery.names import category_names
from chalandise.discovery.names import forget as forget_names
from chalandise.federation.readers.records import Facts
from chalandise.federation.translation import directory_facts
from chalandise.journal.actions import subject_of
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.portals.states import StaffRole
from chalandise.web.pictures import known_pictures

Sit = Callable[[User], Client]
BY = Actor.system("test")


@pytest.fixture(autouse=True)
def shipped_tree(cast: Cast, gilles_everywhere: None) -> None:
    """The tree that the package carries, and no names of the test before."""
    load_categories(by=BY, at=timezone.now())
    forget_names()


def words(**changed: str) -> dict[str, str]:
    return {
        "name": "Ébénisterie navale",
        "plural": "Ébénisteries navales",
        "name_en": "Boat joinery",
        "plural_en": "Boat joineries",
        "synonyms": "gréeur, mâts",
        "synonyms_en": "rigger",
        "parent": "artisanat-art",
        "naf_codes": "3012z",
        "osm_tags": "craft=boatbuilder\nshop=ship_chandler & repair=yes",
        "tint": "#d7e3ef",
        "icon": min(known_pictures()),
        **changed,
    }


def category(key: str) -> Category:
    return Category.objects.get(pk=key)


def test_a_category_is_added_proposed_and_kept_by_updates(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    assert gilles.post(reverse("console:new_category"), words()).status_code == 302
    added = category("ebenisterie-navale")
    assert (added.name_en, added.parent_id, added.tint) == (
        "Boat joinery",
        "artisanat-art",
        "#d7e3ef",
    )
    assert (added.synonyms, added.synonyms_en) == (["gréeur", "mâts"], ["rigger"])
    assert added.osm_tags == ["craft=boatbuilder", "shop=ship_chandler&repair=yes"]
    assert added.is_custom
    siblings = Category.objects.filter(parent="artisanat-art")
    assert [one.pk for one in siblings][-1] == added.pk
    assert category("bateau").naf_codes == [
        c for c in category("bateau").naf_codes if c != "30.12Z"
    ]
    entry = Entry.objects.get(subject=subject_of(added), verb="added")
    assert entry.actor_kind == "agent"
    assert load_categories(by=BY, at=timezone.now()).updated == []
    assert category(added.pk).name == "Ébénisterie navale"
    page = gilles.get(reverse("console:new_establishment")).content.decode()
    assert page.index("Ébénisterie navale") < page.index(">Fleuriste<")
    assert category_names()[added.pk].shown_plural == "Ébénisteries navales"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name_en", ""),
        ("parent", ""),
        ("parent", "boulangerie"),
        ("icon", "../../etc/passwd"),
        ("tint", "red;}"),
        ("naf_codes", "bois"),
        ("osm_tags", "boatbuilder"),
        ("osm_tags", "highway=bus_stop"),
        ("osm_tags", "shop=boat&"),
    ],
)
def test_a_new_category_refuses_what_makes_no_sense(
    at_desk: Sit, cast: Cast, field: str, value: str
) -> None:
    before = Category.objects.count()
    answer = at_desk(cast.gilles).post(reverse("console:new_category"), words(**{field: value}))
    assert answer.status_code == 422
    assert Category.objects.count() == before


def test_a_tag_given_to_a_category_leaves_the_one_that_had_it(at_desk: Sit, cast: Cast) -> None:
    former = category("bateau")
    tag, kept = former.osm_tags[0], former.naf_codes
    at_desk(cast.gilles).post(reverse("console:new_category"), words(naf_codes="", osm_tags=tag))
    former.refresh_from_db()
    assert (tag in former.osm_tags, former.naf_codes, former.is_custom) == (False, kept, True)
    assert category("ebenisterie-navale").osm_tags == [tag]
    entry = Entry.objects.get(subject=subject_of(former), verb="edited")
    assert list(entry.detail["before"]) == ["osm_tags"]


def test_two_categories_of_one_name_have_two_keys(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    for name in ("Boulangerie", "Nouvelle"):
        gilles.post(reverse("console:new_category"), words(name=name, naf_codes=""))
    assert category("boulangerie-2").name == "Boulangerie"
    assert category("nouvelle-2").name == "Nouvelle"


def test_shops_keep_a_retired_category_that_nothing_proposes(
    at_desk: Sit, client: Client, cast: Cast
) -> None:
    gilles = at_desk(cast.gilles)
    answer = gilles.post(reverse("console:retire_category", args=["boulangerie"]), {})
    assert answer.status_code == 302
    retired = category("boulangerie")
    assert retired.retired_at is not None
    assert retired.successor is None
    cast.bakery.refresh_from_db()
    assert cast.bakery.category_id == "boulangerie"
    choices = 'value="boulangerie"'
    assert choices not in gilles.get(reverse("console:new_establishment")).content.decode()
    own = gilles.get(reverse("console:edit_establishment", args=[cast.bakery.pk, "contact"]))
    assert f"{choices} selected" in own.content.decode()  # saving the rest moves nothing
    assert '"/categories/boulangerie/"' not in client.get("/categories/").content.decode()
    assert "boulangerie" not in [
        one["key"] for one in client.get("/api/v1/categories").json()["items"]
    ]
    assert client.get("/categories/boulangerie/").status_code == 200
    assert load_categories(by=BY, at=timezone.now()).updated == []
    assert category("boulangerie").retired_at is not None


def test_its_shops_codes_and_address_go_to_what_takes_its_place(
    at_desk: Sit, client: Client, cast: Cast
) -> None:
    codes = category("boulangerie").naf_codes
    address = reverse("console:retire_category", args=["boulangerie"])
    at_desk(cast.gilles).post(address, {"moving_to": "patisserie"})
    cast.bakery.refresh_from_db()
    assert cast.bakery.category_id == "patisserie"
    assert set(codes) <= set(category("patisserie").naf_codes)
    entry = Entry.objects.get(subject=subject_of(category("boulangerie")), verb="retired")
    assert entry.detail["to"] == "patisserie"
    assert cast.bakery.pk in entry.detail["establishments"]
    event = OutboxEvent.objects.filter(kind="directory.establishments_changed").latest("pk")
    assert cast.bakery.pk in event.payload["establishment_ids"]
    answer = client.get("/categories/boulangerie/")
    assert (answer.status_code, answer["Location"]) == (302, "/categories/patisserie/")


def test_a_place_retired_meanwhile_is_said_and_nothing_moves(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_a_colleague(one: Category, **details: Any) -> int:
        retire_category(category("patisserie"), moving_to=None, by=BY, at=timezone.now())
        return retire_category(one, **details)

    monkeypatch.setattr("chalandise.console.listings.categories.retire_category", after_a_colleague)
    address = reverse("console:retire_category", args=["boulangerie"])
    answer = at_desk(cast.gilles).post(address, {"moving_to": "patisserie"})
    assert answer.status_code == 422
    assert "vient d’être retirée par quelqu’un d’autre" in answer.content.decode()
    cast.bakery.refresh_from_db()
    assert cast.bakery.category_id == "boulangerie"
    assert category("boulangerie").retired_at is None


def test_what_is_retired_keeps_what_took_its_place(at_desk: Sit, cast: Cast) -> None:
    bakery, pastry = category("boulangerie"), category("patisserie")
    retire_category(bakery, moving_to=pastry, by=BY, at=timezone.now())
    first = category("boulangerie").retired_at
    with pytest.raises(AlreadyRetiredError):
        retire_category(bakery, moving_to=None, by=BY, at=timezone.now())
    answer = at_desk(cast.gilles).post(
        reverse("console:retire_category", args=["boulangerie"]), {"moving_to": ""}
    )
    assert answer.status_code == 422
    assert "Elle est déjà retirée" in answer.content.decode()
    kept = category("boulangerie")
    assert (kept.successor, kept.retired_at) == (pastry, first)
    retire_category(kept, moving_to=category("glacier"), by=BY, at=timezone.now())
    assert category("boulangerie").successor == category("glacier")


def test_what_cannot_be_retired_any_more_is_said(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(one: Category, **_details: Any) -> int:
        raise NeededCategoryError(one.pk)

    monkeypatch.setattr("chalandise.console.listings.categories.retire_category", refuse)
    answer = at_desk(cast.gilles).post(
        reverse("console:retire_category", args=["boulangerie"]), {"moving_to": "patisserie"}
    )
    assert answer.status_code == 422
    assert "des commerces en ont besoin" in answer.content.decode()


def test_a_branch_that_is_none_any_more_takes_no_category(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_a_colleague(edit: CategoryEdit, **details: Any) -> Category:
        Category.objects.filter(pk="artisanat-art").update(parent="alimentation")
        return add_category(edit, **details)

    monkeypatch.setattr("chalandise.console.listings.categories.add_category", after_a_colleague)
    before = Category.objects.count()
    answer = at_desk(cast.gilles).post(reverse("console:new_category"), words())
    assert answer.status_code == 422
    assert "choisissez une autre branche" in answer.content.decode()
    assert Category.objects.count() == before


def brought(cast: Cast, known: Establishment | None) -> object:
    facts = Facts(name="Fournil", category_key="boulangerie")
    said, _refused = directory_facts(
        facts, commune=cast.bakery.commune, categories=filing_categories(), known=known
    )
    return said.get("category")


def test_imports_file_no_shop_under_a_retired_category(cast: Cast) -> None:
    bakery, other = category("boulangerie"), category("patisserie")
    assert brought(cast, None) == bakery
    retire_category(bakery, moving_to=None, by=BY, at=timezone.now())
    assert brought(cast, None) == category(FALLBACK_CATEGORY)
    assert brought(cast, cast.bakery) is None  # what is known stays where it is
    retire_category(bakery, moving_to=other, by=BY, at=timezone.now())
    assert brought(cast, None) == brought(cast, cast.bakery) == other
    last = category("glacier")
    retire_category(other, moving_to=last, by=BY, at=timezone.now())
    assert brought(cast, None) == last
    assert category("boulangerie").successor == last
    restore_category(bakery, by=BY, at=timezone.now())
    assert brought(cast, None) == bakery
    cast.bakery.refresh_from_db()
    assert cast.bakery.category_id == "glacier"


def test_what_the_tree_needs_is_not_retired(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    for key in ("alimentation", FALLBACK_CATEGORY):
        assert gilles.post(reverse("console:retire_category", args=[key]), {}).status_code == 404
        with pytest.raises(NeededCategoryError):
            retire_category(category(key), moving_to=None, by=BY, at=timezone.now())
        assert category(key).retired_at is None
    for place in ("alimentation", "boulangerie"):
        with pytest.raises(MisplacedCategoryError):
            retire_category(
                category("boulangerie"), moving_to=category(place), by=BY, at=timezone.now()
            )
    retire_category(category("primeur"), moving_to=None, by=BY, at=timezone.now())
    with pytest.raises(MisplacedCategoryError):
        retire_category(
            category("boulangerie"), moving_to=category("primeur"), by=BY, at=timezone.now()
        )
    assert category("boulangerie").retired_at is None


def test_a_retired_category_is_proposed_again(at_desk: Sit, cast: Cast) -> None:
    retire_category(category("boulangerie"), moving_to=None, by=BY, at=timezone.now())
    gilles = at_desk(cast.gilles)
    page = gilles.get(reverse("console:category", args=["boulangerie"])).content.decode()
    assert "La proposer de nouveau" in page
    gilles.post(reverse("console:restore_category", args=["boulangerie"]))
    assert category("boulangerie").retired_at is None
    gilles.post(reverse("console:restore_category", args=["boulangerie"]))
    assert Entry.objects.filter(verb="restored").count() == 1


def test_the_tree_is_not_a_sub_portals_to_change(at_desk: Sit, cast: Cast) -> None:
    local = accounts.user("Paul Grandcahors")
    portals.staff(local, cast.cahors, StaffRole.ADMINISTRATOR)
    paul = at_desk(local)
    assert paul.post(reverse("console:new_category"), words()).status_code == 404
    address = reverse("console:retire_category", args=["boulangerie"])
    assert paul.post(address, {"moving_to": "patisserie"}).status_code == 404
    assert category("boulangerie").retired_at is None


def test_the_list_reads_the_whole_tree_in_one_statement(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    for key in ("boulangerie", "patisserie", "glacier"):
        with CaptureQueriesContext(connection) as ran:
            assert gilles.get(reverse("console:categories")).status_code == 200
        counted = 'COUNT("directory_establishment"."id")'
        assert len([one for one in ran.captured_queries if counted in one["sql"]]) == 1
        assert not [one for one in ran.captured_queries if '"parent_id" = ' in one["sql"]]
        retire_category(category(key), moving_to=category("traiteur"), by=BY, at=timezone.now())
