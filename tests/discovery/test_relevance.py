"""What people type, and what they expect first."""

from collections.abc import Callable

import pytest
from tests.factories import directory, portals, territories

from chalandise.directory.classification import classification
from chalandise.directory.models import Category
from chalandise.discovery import paging, ranking, reader, store
from chalandise.discovery.criteria import Search
from chalandise.discovery.documents import Gatherer
from chalandise.discovery.matching import plan_words
from chalandise.discovery.ranking import LEVEL, LOT, POINTS, explain_ranking
from chalandise.discovery.search import find_establishments
from chalandise.discovery.suggest import suggest
from chalandise.discovery.writer import Writer
from chalandise.portals.models import Portal

SHOPS = [
    ("Boulangerie du Pont", "boulangerie", "cahors"),
    ("Au Pain de Chanvre", "boulangerie", "cahors"),
    ("Le Fournil de Figeac", "boulangerie", "figeac"),
    ("L’Épicerie du Coin", "epicerie", "cahors"),
    ("Proxi Figeac", "epicerie", "figeac"),
    ("Boucherie Lacombe", "boucherie-charcuterie", "cahors"),
    ("Chez Mado", "boucherie-charcuterie", "figeac"),
    ("La Chèvre de Rocamadour", "fromagerie", "cahors"),
    ("Coiffure Élégance", "coiffeur", "cahors"),
    ("Salon Sophie", "coiffeur", "saint-cere"),
    ("Café de la Boulangerie", "cafe-bar", "figeac"),
    ("La Librairie des Cordeliers", "librairie", "cahors"),
    ("Cave Cahors et Vins", "caviste", "figeac"),
    ("Chez Nous", "restaurant", "cahors"),
    ("O’Tacos", "restaurant", "cahors"),
]
EXPECTED = [
    # typed, who comes first (in this order), who must not come at all
    ("boulangerie cahors", ["Boulangerie du Pont", "Au Pain de Chanvre"], ["Le Fournil de Figeac"]),
    ("boulangeries à Cahors", ["Boulangerie du Pont"], ["Le Fournil de Figeac"]),
    ("pain", ["Au Pain de Chanvre"], ["Chez Mado"]),
    ("viande", [], ["Au Pain de Chanvre"]),
    ("boucher", [], ["Au Pain de Chanvre"]),
    ("l’épicerie", ["L’Épicerie du Coin"], ["Chez Mado"]),
    ("epicerie", ["L’Épicerie du Coin"], ["Chez Mado"]),
    ("chevre", ["La Chèvre de Rocamadour"], []),
    ("CHÈVRE", ["La Chèvre de Rocamadour"], []),
    ("chevres", ["La Chèvre de Rocamadour"], []),
    ("bolangerie", ["Boulangerie du Pont"], ["Chez Mado"]),
    ("boulangrie cahors", ["Boulangerie du Pont"], ["Le Fournil de Figeac"]),
    ("coiff", ["Coiffure Élégance"], ["Chez Mado"]),
    ("coiffeur", [], ["Chez Mado"]),
    ("st cere", ["Salon Sophie"], ["Coiffure Élégance"]),
    ("saint-céré", ["Salon Sophie"], []),
    ("coiffeuse saint cere", ["Salon Sophie"], ["Coiffure Élégance"]),
    ("librairi", ["La Librairie des Cordeliers"], ["Chez Mado"]),
    ("livres", ["La Librairie des Cordeliers"], ["Chez Mado"]),
    ("46100 boulangerie", ["Le Fournil de Figeac"], ["Boulangerie du Pont"]),
    ("chez nous", ["Chez Nous"], []),
    ("o tacos", ["O’Tacos"], []),
    ("o'tacos", ["O’Tacos"], []),
    ("chez mado", ["Chez Mado"], ["Boulangerie du Pont"]),
    ("vin cahors", ["Cave Cahors et Vins"], ["Boulangerie du Pont"]),
]


@pytest.fixture
def lot(db: None, build: Callable[[], int]) -> Portal:
    """A small Lot with the shipped classification."""
    for spec in classification().categories:
        Category.objects.create(
            key=spec.key,
            name=spec.name,
            plural=spec.plural,
            parent_id=spec.parent or None,
            icon=spec.icon,
            tint=spec.tint,
            synonyms=list(spec.synonyms),
            position=spec.position,
        )
    places = {
        "cahors": territories.cahors(),
        "figeac": territories.figeac(),
        "saint-cere": territories.commune("46251", "Saint-Céré", postal_codes=["46400"]),
    }
    for name, category, place in SHOPS:
        directory.establishment(
            name,
            category=Category.objects.get(key=category),
            commune=places[place],
            postal_code=places[place].postal_codes[0],
            street="1 place du Marché",
        )
    portal = portals.portal(territories.lot(), slug="lot")
    build()
    return portal


def names(portal: Portal, words: str) -> list[str]:
    found = find_establishments(Search.on(portal, words=words))
    known = dict(portal_names())
    return [known[pk] for pk in found.ids]


def portal_names() -> list[tuple[int, str]]:
    return list(directory.Establishment.objects.values_list("pk", "name"))


def test_what_is_typed_finds_what_is_meant(lot: Portal) -> None:
    for typed, first, never in EXPECTED:
        found = names(lot, typed)
        assert found, typed
        assert found[: len(first)] == first, (typed, found)
        assert not set(found) & set(never), (typed, found)


def test_a_synonym_finds_the_trade(lot: Portal) -> None:
    assert set(names(lot, "viande")) == {"Boucherie Lacombe", "Chez Mado"}
    assert set(names(lot, "pain")) >= {
        "Au Pain de Chanvre",
        "Boulangerie du Pont",
        "Le Fournil de Figeac",
    }


def test_a_close_spelling_never_mixes_with_an_exact_one(lot: Portal) -> None:
    exact = find_establishments(Search.on(lot, words="mado"))
    assert not exact.is_corrected
    assert exact.count == 1
    assert find_establishments(Search.on(lot, words="bolangerie")).is_corrected
    assert not find_establishments(Search.on(lot, words="zzz")).ids
    assert not find_establishments(Search.on(lot, words="zzz")).is_corrected


def test_a_filter_does_not_turn_a_known_word_into_a_typo(lot: Portal) -> None:
    narrowed = find_establishments(Search.on(lot, words="boulangerie", services=("delivery",)))
    assert (narrowed.count, narrowed.is_corrected, narrowed.is_relaxed) == (0, False, False)


def test_words_that_never_meet_are_looked_for_one_by_one(lot: Portal) -> None:
    found = find_establishments(Search.on(lot, words="librairie boucherie"))
    assert found.is_relaxed
    assert found.count == 3


def test_a_livelier_sheet_comes_first_among_equals(lot: Portal, build: Callable[[], int]) -> None:
    directory.Establishment.objects.filter(name="Chez Mado").update(level=3)
    build()
    assert names(lot, "boucherie")[0] == "Boucherie Lacombe"  # its name outweighs the ladder
    assert names(lot, "viande")[0] == "Chez Mado"


def test_suggestions_begin_like_what_is_typed(lot: Portal) -> None:
    def labels(typed: str) -> list[str]:
        return [one.label for one in suggest(typed, scope=["departement-46"])]

    assert labels("bou")[:2] == ["Boulangeries", "Boucheries-charcuteries"]
    assert "Cahors" in labels("cah")
    assert labels("fig")[0] == "Figeac"
    assert labels("st c")[0] == "Saint-Céré"
    assert "Chez Mado" in labels("mad")
    assert "Boulangerie du Pont" in labels("boulangerie p")
    assert labels("") == []
    assert labels("x" * 10_000) == []
    assert suggest("cah", scope=[]) == []


def test_the_public_explanation_uses_the_constants_in_use() -> None:
    told = {rule.key: rule.points for rule in explain_ranking()}
    assert {key: told[key] for key in POINTS} == POINTS
    assert (told["level"], told["lot"]) == (LEVEL, LOT)
    assert all(str(rule.sentence) for rule in explain_ranking())


def test_each_step_of_the_ladder_weighs_what_the_page_says(
    lot: Portal, build: Callable[[], int]
) -> None:
    directory.Establishment.objects.filter(name="Chez Mado").update(level=4)
    build()
    snapshot = reader.get_snapshot()
    query = plan_words(snapshot, ("departement-46",), "viande")
    assert query is not None
    scores = [
        score
        for score, _at in snapshot.searcher.search(query.query, 2, weight_by_field="quality").hits
    ]
    assert 1 + 4 * LEVEL - LOT <= scores[0] / scores[1] <= 1 + 4 * LEVEL + LOT


def test_equals_keep_one_order_from_page_to_page_and_after_a_change(
    lot: Portal, build: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ranking, paging):
        monkeypatch.setattr(module, "lot_of", lambda _pk: 0.0)
    butchers = Category.objects.get(key="boucherie-charcuterie")
    pks = [
        directory.establishment(
            f"Maison {letter}", category=butchers, commune=territories.cahors()
        ).pk
        for letter in "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    ]
    build()
    asked = Search.on(lot, words="maison", limit=7)

    def walk() -> list[int]:
        found, page = list[int](), find_establishments(asked)
        while True:
            found += page.ids
            if not page.next_cursor:
                return found
            page = find_establishments(asked.but(cursor=page.next_cursor))

    assert walk() == sorted(pks)
    moved = Writer(store.folder_of(store.live_build()))
    moved.remove(pks[:5])  # these five move to another file of the index
    moved.add(Gatherer().published(pks[:5]))
    moved.commit()
    moved.close()
    reader.forget()
    assert walk() == sorted(pks)


def test_the_closest_spelling_is_taken_alone(lot: Portal, build: Callable[[], int]) -> None:
    fresh = Category.objects.get(key="restaurant")
    for name in ("Chaussures Rémy", "Chauffage Denis"):
        directory.establishment(name, category=fresh, commune=territories.cahors())
    build()
    assert names(lot, "chausures") == ["Chaussures Rémy"]
    assert find_establishments(Search.on(lot, words="chausures")).is_corrected


def test_a_spelling_that_only_another_territory_has_is_not_taken(lot: Portal) -> None:
    lot.scope.set([territories.figeac()])
    found = find_establishments(Search.on(lot, words="elegence"))
    assert (found.ids, found.is_corrected) == ((), False)
