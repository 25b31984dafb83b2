"""The public classification: coverage measured against the official lists."""

import csv
import json
import re

import pytest
from tests.shared_data import SHARED, shared_data

from chalandise.directory.classification import (
    FALLBACK_CATEGORY,
    category_for_label,
    category_for_naf,
    category_for_osm,
    classification,
    load_activities,
    normalise_naf,
)

OSM_PRESETS_MAPPED_AT_LEAST = 0.93
"""Share of the shop, craft and food presets of the OSM editor that fall in a category of ours.

It may only rise. Left out on purpose: libraries, machines for tickets, vacant shops.
"""


def test_the_tree_has_two_levels_and_about_a_hundred_and_fifty_leaves() -> None:
    tree = classification()
    assert 10 <= len(tree.branches) <= 16
    assert 110 <= len(tree.leaves) <= 165
    assert all(tree.by_key[leaf.parent].parent == "" for leaf in tree.leaves)
    assert len(tree.by_key) == len(tree.categories)


def test_every_category_fits_its_table() -> None:
    for category in classification().categories:
        assert re.fullmatch(r"[a-z][a-z0-9-]{2,59}", category.key)
        assert re.fullmatch(r"#[0-9A-F]{6}", category.tint)
        assert 0 < len(category.name) <= 80
        assert all(len(word) <= 60 for word in category.synonyms)
        assert all(len(tag) <= 80 for tag in category.osm_tags)
        assert "'" not in category.name


def test_positions_follow_the_file_and_never_repeat() -> None:
    positions = [category.position for category in classification().categories]
    assert positions == sorted(set(positions))


def test_a_code_or_a_tag_leads_to_one_category_only() -> None:
    leaves = classification().leaves
    codes = [code for leaf in leaves for code in leaf.naf_codes]
    tags = [tag for leaf in leaves for tag in leaf.osm_tags]
    assert len(codes) == len(set(codes))
    assert len(tags) == len(set(tags))


def test_every_activity_kept_by_default_has_a_category() -> None:
    codes = load_activities().codes
    assert len(codes) > 150
    assert [code for code in sorted(codes) if category_for_naf(code) is None] == []


def test_codes_are_understood_with_or_without_their_point() -> None:
    assert normalise_naf("4724z") == "47.24Z"
    assert category_for_naf("10.71C").key == "boulangerie"  # type: ignore[union-attr]
    assert category_for_naf("1071C").key == "boulangerie"  # type: ignore[union-attr]
    assert category_for_naf("84.11Z") is None


@pytest.mark.shared_data
@shared_data("naf")
def test_every_shop_and_restaurant_code_of_insee_is_kept_or_left_out_aloud() -> None:
    with (SHARED / "naf" / "naf_rev2_niveaux.csv").open(encoding="utf-8") as file:
        official = {row["code"] for row in csv.DictReader(file) if row["niveau"] == "sous-classe"}
    activities = load_activities()
    listed = {code for codes in activities.groups.values() for code in codes}
    assert listed <= official
    retail = {code for code in official if code.startswith("47.")}
    assert retail <= listed
    mapped = {code for leaf in classification().leaves for code in leaf.naf_codes}
    assert mapped <= official


@pytest.mark.shared_data
@shared_data("naf")
def test_the_share_of_osm_presets_with_a_category_does_not_fall() -> None:
    presets = json.loads(
        (SHARED / "naf" / "osm_presets_commerces_fr.json").read_text(encoding="utf-8")
    )
    mapped = {key for key, preset in presets.items() if category_for_osm(preset["tags"])}
    share = len(mapped) / len(presets)
    assert share >= OSM_PRESETS_MAPPED_AT_LEAST, sorted(set(presets) - mapped)
    vague = {
        key
        for key in mapped
        if category_for_osm(presets[key]["tags"]).key == FALLBACK_CATEGORY  # type: ignore[union-attr]
    }
    assert vague <= {"shop/yes"}


@pytest.mark.parametrize(
    ("tags", "key"),
    [
        ({"shop": "bakery"}, "boulangerie"),
        ({"shop": "pastry;bakery"}, "patisserie"),
        ({"shop": "supermarket"}, "supermarche"),
        ({"shop": "supermarket", "organic": "only"}, "magasin-bio"),
        ({"amenity": "restaurant", "cuisine": "regional;pizza"}, "pizzeria"),
        ({"amenity": "restaurant", "cuisine": "french"}, "restaurant"),
        ({"craft": "pottery"}, "poterie-ceramique"),
        ({"shop": "beekeeping_supplies"}, FALLBACK_CATEGORY),
    ],
)
def test_the_most_precise_osm_rule_wins(tags: dict[str, str], key: str) -> None:
    found = category_for_osm(tags)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "tags", [{"shop": "vacant"}, {"amenity": "bench"}, {"shop": "no"}, {}, {"highway": "bus_stop"}]
)
def test_what_is_no_commerce_has_no_category(tags: dict[str, str]) -> None:
    assert category_for_osm(tags) is None


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Alimentation générale et produits de première nécessité", "epicerie"),
        ("Artisanat d'art", "atelier-galerie"),
        ("Articles médicaux et orthopédiques", "materiel-medical"),
        ("Blanchisserie-teinturerie", "pressing-laverie"),
        ("Boucherie - charcuterie - rôtisserie", "boucherie-charcuterie"),
        ("Boulangerie - pâtisserie", "boulangerie"),
        ("Bricolage", "bricolage"),
        ("Caviste - Brasserie", "caviste"),
        ("Chocolaterie - Pâtisserie", "chocolaterie-confiserie"),
        ("Cosmétique", "parfumerie-cosmetiques"),
        ("Disquaire", "disquaire"),
        ("Équipements informatiques", "informatique"),
        ("Épicerie fine", "epicerie-fine"),
        ("Fleuriste", "fleuriste"),
        ("Fromagerie", "fromagerie"),
        ("Jouets - Jeux", "jeux-jouets"),
        ("Librairie", "librairie"),
        ("Pharmacies et parapharmacies", "pharmacie"),
        ("Poissonnerie", "poissonnerie"),
        ("Presse et papeterie", "presse-papeterie"),
        ("Primeur", "primeur"),
        ("Restaurant ou traiteur", "restaurant"),
        ("Autre", "autre-commerce"),
    ],
)
def test_the_trades_of_paris_2020_find_their_category(label: str, key: str) -> None:
    found = category_for_label(label)
    assert found is not None
    assert found.key == key


@pytest.mark.shared_data
@shared_data("commerces")
def test_every_trade_label_of_the_paris_file_is_understood() -> None:
    path = SHARED / "commerces" / "paris_click_and_collect_2020.ods-layout.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        labels = {row["type_de_commerce"] for row in csv.DictReader(file, delimiter=";")}
    assert len(labels) == 23
    assert {label for label in labels if category_for_label(label) is None} == set()


def test_an_unknown_label_has_no_category() -> None:
    assert category_for_label("Cabinet d'expertise comptable") is None
    assert category_for_label("") is None
