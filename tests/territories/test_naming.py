import pytest

from chalandise.territories.naming import full_name, search_key, short_name, slug_of


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


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("CA du Grand Cahors", "Grand Cahors"),
        ("CC de la Vallée du Lot et du Vignoble", "Vallée du Lot et du Vignoble"),
        ("CA d'Épinal", "Épinal"),
        ("CC Grand-Figeac", "Grand-Figeac"),
        ("Métropole de Lyon", "Métropole de Lyon"),
    ],
)
def test_people_name_their_intercommunality_without_its_initials(official: str, said: str) -> None:
    assert short_name(official) == said


def test_an_address_keeps_every_letter_of_a_name() -> None:
    assert slug_of("Œuilly") == "oeuilly"
    assert slug_of("L’Isle-d'Abeau") == "l-isle-d-abeau"
