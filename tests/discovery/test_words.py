"""French words meet, however they are written."""

import pytest

from chalandise.discovery.words import spell, stems

SAME = [
    ("L’Épicerie", "epicerie"),
    ("l'epicerie", "épiceries"),
    ("chèvre", "chevre"),
    ("CŒUR", "coeur"),
    ("boulangeries", "Boulangerie"),
    ("boulangère", "boulangers"),
    ("coiffeuse", "coiffeurs"),
    ("chevaux", "cheval"),
    ("gâteaux", "gateau"),
    ("bijoux", "bijou"),
    ("produits locaux", "produit local"),
    ("artisanale", "artisanaux"),
    ("St-Céré", "saint cere"),
    ("Ste Marie", "Sainte-Marie"),
    ("d’Olt", "olt"),
    ("bd Gambetta", "boulevard Gambetta"),
    ("créatrice", "créateur"),
    ("traditionnelle", "traditionnels"),
    ("le pain de l’Aveyron", "pain aveyron"),
    ("resto", "restaurants"),
    ("l epicerie", "epicerie"),
    ("travaux", "travail"),
]
APART = [
    ("bouche", "boucher"),
    ("vin", "vigne"),
    ("pain", "peinture"),
    ("fleur", "fleuve"),
    ("cave", "cavalier"),
    ("bois", "boisson"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_words_stay_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_a_name_of_tool_words_keeps_them() -> None:
    assert spell("Chez Nous") == ["chez", "nous"]
    assert spell("Chez Nous à Cahors") == ["cahors"]


def test_a_letter_at_the_end_is_a_word_begun() -> None:
    assert spell("boulangerie m") == ["boulangerie", "m"]
    assert spell("m boulangerie") == ["boulangerie"]


@pytest.mark.parametrize("text", ["", "   ", "…!?", "’’’", "\u200b", "🍞"])
def test_nothing_to_look_for(text: str) -> None:
    assert stems(text) == []
