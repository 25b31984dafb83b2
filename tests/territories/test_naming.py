import pytest

from chalandise.territories.naming import full_name, search_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Cirq-Lapopie", "ST CIRQ LAPOPIE"),
        ("Sainte-Colombe", "ste colombe"),
        ("L’Isle-d’Abeau", "l isle d abeau"),
        ("Bray-sur-Seine", "Bray s/ Seine"),
        ("Sully-sur-Loire", "SULLY S/LOIRE"),
        ("La Ferté-sous-Jouarre", "la ferte s/s jouarre"),
        ("Œuilly", "OEUILLY"),
        ("Cahors", "CAHORS CEDEX 9"),
        ("Marseille 8e", "Marseille 08e"),
    ],
)
def test_two_ways_of_writing_a_place_meet(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


def test_neighbouring_names_stay_apart() -> None:
    names = ["Saint-Cirq", "Saint-Cyr", "Sainte-Cirque", "Le Cirq"]
    assert len({search_key(name) for name in names}) == len(names)


def test_initials_of_an_intercommunality_are_written_out() -> None:
    assert full_name("CA du Grand Cahors") == "Communauté d’agglomération du Grand Cahors"
    assert full_name("CC Grand-Figeac") == "Communauté de communes Grand-Figeac"
    assert full_name("Métropole de Lyon") == "Métropole de Lyon"
