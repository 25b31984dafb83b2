"""Every category has a French name and an English one, and says the one its reader reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pytest
from django.test import Client
from django.utils.translation import override
from tests.cast import Cast

from chalandise.catalogue.classification import product_categories
from chalandise.catalogue.models import ProductCategory
from chalandise.directory.classification import classification
from chalandise.directory.models import Category

LOAN_WORDS = {"restaurant", "pizzeria", "creperie"}
"""Keys of what is called the same in both languages."""


class Bilingual(Protocol):
    """What has two names."""

    @property
    def key(self) -> str:
        """What it is known by."""
        ...

    @property
    def name(self) -> str:
        """The French name."""
        ...

    @property
    def name_en(self) -> str:
        """The English name."""
        ...


@pytest.mark.parametrize(
    "tree",
    [classification().categories, product_categories()],
    ids=["shops", "products"],
)
def test_every_category_has_two_names(tree: Iterable[Bilingual]) -> None:
    assert [one.key for one in tree if not one.name.strip() or not one.name_en.strip()] == []
    same = {one.key for one in tree if one.name.casefold() == one.name_en.casefold()}
    assert same <= LOAN_WORDS
    assert not [one.key for one in tree if max(len(one.name), len(one.name_en)) > 80]


def test_every_leaf_of_the_directory_has_two_plurals_and_words_to_be_found_by() -> None:
    leaves = classification().leaves
    assert [one.key for one in leaves if not (one.plural and one.plural_en)] == []
    assert [one.key for one in leaves if not (one.synonyms and one.synonyms_en)] == []
    for one in leaves:
        assert max(map(len, one.synonyms_en)) <= 60
        assert len(set(one.synonyms_en)) == len(one.synonyms_en), one.key


def test_a_category_says_the_name_of_the_language() -> None:
    bakery = Category(
        name="Boulangerie", plural="Boulangeries", name_en="Bakery", plural_en="Bakeries"
    )
    ours = Category(name="Tripier", plural="Tripiers")
    bread = ProductCategory(name="Pains", name_en="Bread")
    with override("fr"):
        said = (str(bakery), bakery.shown_plural, ours.shown_plural, str(bread))
        assert said == ("Boulangerie", "Boulangeries", "Tripiers", "Pains")
    with override("en"):
        said = (str(bakery), bakery.shown_plural, ours.shown_plural, str(bread))
        assert said == ("Bakery", "Bakeries", "Tripiers", "Bread")


@pytest.mark.parametrize(
    "address", ["/commerces/{slug}/", "/commerces/", "/categories/boulangerie/"]
)
def test_pages_of_both_languages_do_not_borrow_each_other_s_words(
    client: Client, cast: Cast, address: str
) -> None:
    Category.objects.filter(pk="boulangerie").update(
        plural="Boulangeries", name_en="Village bakery", plural_en="Village bakeries"
    )
    for language in ("fr", "en", "fr", "en"):
        asked = {"Accept-Language": language}
        page = client.get(address.format(slug=cast.bakery.slug), headers=asked).content.decode()
        assert ("Boulangerie" in page) == (language == "fr"), language
        assert ("Village baker" in page) == (language == "en"), language
