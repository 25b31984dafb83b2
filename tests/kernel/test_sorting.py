import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.sorting import by_name, french_sort_key
from chalandise.kernel.text import words

FRENCH = st.text(alphabet="aàâäbcçdeéèêëiîïoôöœuùûüyÿæz AÀÉŒZ’'-129", max_size=12)


@pytest.mark.parametrize(
    "in_order",
    [
        ["Eauze", "Écouen", "Égly", "Ernée", "Étampes", "Eu", "Évreux", "Évry", "Eymet"],
        ["cote", "côte", "coté", "côté"],
        ["La Roche", "La Rochelle", "Labastide", "Lacapelle"],
        ["Odos", "Œuilly", "Oeyreluy", "Offoy"],
        ["Paris 1er Arrondissement", "Paris 2e Arrondissement", "Paris 10e Arrondissement"],
        ["ete", "Ete", "été", "Été"],
        ["Saint-Cirq", "Saint-Cirq-Lapopie", "Sainte-Colombe", "Saints-Geosmes"],
        ["L'Isle-d'Abeau", "L’Isle-Adam"][::-1],
        ["9 rue", "10 rue", "Boulangerie"],
    ],
)
def test_french_names_stand_where_a_reader_looks_for_them(in_order: list[str]) -> None:
    shuffled = in_order.copy()
    random.Random(46).shuffle(shuffled)
    assert sorted(shuffled, key=french_sort_key) == in_order


def test_spelling_of_hyphens_and_apostrophes_does_not_move_a_name() -> None:
    assert french_sort_key("Saint-Cirq l’Abbé") == french_sort_key("Saint Cirq l'Abbé")


@given(FRENCH, FRENCH)
def test_letters_decide_before_accents_and_capitals(one: str, other: str) -> None:
    bare_one, bare_other = (french_sort_key(" ".join(words(text))) for text in (one, other))
    if bare_one != bare_other:
        assert (french_sort_key(one) < french_sort_key(other)) == (bare_one < bare_other)


@given(st.text())
def test_any_text_has_a_key_that_postgresql_can_keep(text: str) -> None:
    assert "\x00" not in french_sort_key(text)


def test_things_are_put_where_a_reader_looks_for_them() -> None:
    names = ["Zone", "Étal", "Épicerie", "Fournil", "Drap"]
    things = [SimpleNamespace(name=name) for name in names]
    assert [one.name for one in by_name(things)] == ["Drap", "Épicerie", "Étal", "Fournil", "Zone"]
