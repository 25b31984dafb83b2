"""The shipped classification enters the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalandise.directory.actions.categories import load_categories
from chalandise.directory.models import Category
from chalandise.journal.states import Actor

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
BY = Actor.system("test")


@pytest.mark.django_db
def test_loading_twice_changes_nothing() -> None:
    assert len(load_categories(by=BY, at=NOW).created) == Category.objects.count()
    again = load_categories(by=BY, at=NOW)
    assert (again.created, again.updated) == ([], [])
    assert Category.objects.get(key="boulangerie").parent_id == "alimentation"


@pytest.mark.django_db
def test_an_update_mends_ours_and_leaves_the_operators() -> None:
    load_categories(by=BY, at=NOW)
    Category.objects.filter(key="boulangerie").update(name="Vieux nom")
    Category.objects.filter(key="fromagerie").update(name="Affineurs", is_custom=True)
    assert load_categories(by=BY, at=NOW).updated == ["boulangerie"]
    assert Category.objects.get(key="fromagerie").name == "Affineurs"


@pytest.mark.django_db
def test_a_category_edited_before_english_came_learns_its_english_words() -> None:
    load_categories(by=BY, at=NOW)
    bare = {"name_en": "", "plural_en": "", "synonyms_en": [], "is_custom": True}
    Category.objects.filter(key="boulangerie").update(**bare, position=3)
    Category.objects.filter(key="fromagerie").update(**bare, name="Affineurs")
    assert load_categories(by=BY, at=NOW).updated == ["boulangerie"]
    assert load_categories(by=BY, at=NOW).updated == []
    bakery = Category.objects.get(key="boulangerie")
    assert (bakery.name_en, bakery.position, bakery.is_custom) == ("Bakery", 3, True)
    assert Category.objects.get(key="fromagerie").name_en == ""
