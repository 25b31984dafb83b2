"""Postal codes and addresses."""

import pytest

from chalandise.directory.cleaning import (
    Remark,
    clean_address_line,
    clean_postal_code,
    departement_of_postal_code,
    join_street_parts,
    phone_region_of_postal_code,
    split_address,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("46000", "46000"), ("75 009", "75009"), ("9500", "09500"), (9500, "09500"),
        ("9500.0", "09500"), ("F-46000", "46000"), ("75009 PARIS CEDEX 09", "75009"),
        ("20200", "20200"), ("97411", "97411"), ("98800", "98800"), ("98000", "98000"),
    ],
)  # fmt: skip
def test_five_digits_are_found(raw: object, expected: str) -> None:
    assert clean_postal_code(raw).value == expected


def test_fault_80_the_zero_restored_cedex_and_monaco_are_said() -> None:
    assert clean_postal_code("9500").remarks() == [Remark.POSTAL_CODE_ZERO_RESTORED]
    assert clean_postal_code("46005 CAHORS CEDEX").remarks() == [Remark.POSTAL_CODE_CEDEX]
    assert clean_postal_code("98000").remarks() == [Remark.POSTAL_CODE_MONACO]


@pytest.mark.parametrize("raw", ["2A004", "46", "00100", "99123", "abcde", "123456", "96000"])
def test_a_code_of_no_departement_is_refused(raw: str) -> None:
    cleaned = clean_postal_code(raw)
    assert cleaned.value == ""
    assert cleaned.remarks() == [Remark.POSTAL_CODE_INVALID]


@pytest.mark.parametrize(
    ("code", "departement"),
    [("46000", "46"), ("20000", "2A"), ("20167", "2A"), ("20200", "2B"), ("20600", "2B"),
     ("97400", "974"), ("97133", "971"), ("98714", "987"), ("01000", "01"), ("98000", "")],
)  # fmt: skip
def test_fault_80_corsica_and_monaco_a_code_tells_its_departement(
    code: str, departement: str
) -> None:
    assert departement_of_postal_code(code) == departement


def test_a_code_tells_how_to_read_a_bare_phone_number() -> None:
    assert phone_region_of_postal_code("97400") == "RE"
    assert phone_region_of_postal_code("98714") == "PF"
    assert phone_region_of_postal_code("46000") == "FR"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12 rue du Port<br />Bâtiment A", "12 rue du Port, Bâtiment A"),
        ("3 place de l&amp;#039;Église", "3 place de l’Église"),
        ("12  RUE   DU  PORT", "12 rue du Port"),
        ("1 BIS CITE VOLTAIRE", "1 bis cité Voltaire"),
        ("12BIS, Rue Neuve", "12 bis Rue Neuve"),
        ("5 bd Gambetta", "5 boulevard Gambetta"),
        ("LE BOURG", "Le Bourg"),
        ("2 rue nanteuil", "2 rue nanteuil"),
        ("7 AV DU 8 MAI 1945", "7 avenue du 8 Mai 1945"),
    ],
)
def test_an_address_line_becomes_readable(raw: str, expected: str) -> None:
    assert clean_address_line(raw).value == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("12", "B", "RUE", "DU PORT"), "12 bis rue du Port"),
        (("7", "", "AV", "GEN DE GAULLE"), "7 avenue Gen de Gaulle"),
        (("", "", "LD", "LE MAS DE L'ASSE"), "Lieu-dit le Mas de l’Asse"),
        (("0012", "T", "BD", "[ND]"), "12 ter boulevard"),
        (("", "", "", ""), ""),
    ],
)
def test_the_four_columns_of_insee_make_a_line(parts: tuple[str, ...], expected: str) -> None:
    assert join_street_parts(*parts) == expected


@pytest.mark.parametrize(
    ("raw", "street", "code", "city"),
    [
        ("105 rue de la Mairie, 07160 Accons", "105 rue de la Mairie", "07160", "Accons"),
        ("Le Col, 07530 Aizac", "Le Col", "07530", "Aizac"),
        ("12 RUE DU PORT 46000 CAHORS CEDEX 9", "12 rue du Port", "46000", "Cahors"),
        ("10 bis rue Y - 75 009 Paris (France)", "10 bis rue Y", "75009", "Paris"),
        ("Place du Foirail", "Place du Foirail", "", ""),
    ],
)
def test_an_address_in_one_text_is_taken_apart(raw: str, street: str, code: str, city: str) -> None:
    address = split_address(raw).value
    assert (address.street, address.postal_code, address.city) == (street, code, city)
