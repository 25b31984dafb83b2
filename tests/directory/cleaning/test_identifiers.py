"""SIREN and SIRET, as spreadsheets hand them over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.directory.cleaning import BusinessNumber, Remark, clean_business_number
from chalandise.directory.cleaning.identifiers import is_valid_siret

GOOD = BusinessNumber("732829320", "73282932000074")


@pytest.mark.parametrize(
    "raw",
    ["73282932000074", "732 829 320 00074", "732.829.320.00074", "SIRET: 73282932000074",
     "73282932000074.0", 73282932000074, "'73282932000074", "7.3282932000074E+13",
     "7,3282932000074E+13"],
)  # fmt: skip
def test_a_siret_is_recognised(raw: object) -> None:
    assert clean_business_number(raw).value == GOOD


def test_a_siren_typed_as_siret_keeps_the_organisation() -> None:
    cleaned = clean_business_number("732 829 320")
    assert cleaned.value == BusinessNumber(siren="732829320")
    assert cleaned.remarks() == [Remark.SIREN_AS_SIRET]


def test_a_vat_number_typed_as_siret_keeps_the_organisation() -> None:
    cleaned = clean_business_number("FR44732829320")
    assert cleaned.value == BusinessNumber(siren="732829320")
    assert cleaned.remarks() == [Remark.VAT_AS_SIRET]


def test_scientific_notation_that_lost_digits_is_refused() -> None:
    cleaned = clean_business_number("7.32829E+13")
    assert cleaned.value == BusinessNumber()
    assert cleaned.remarks() == [Remark.NUMBER_DIGITS_LOST]


def test_zeros_eaten_by_a_spreadsheet_come_back() -> None:
    cleaned = clean_business_number("588003400011")
    assert cleaned.value == BusinessNumber("005880034", "00588003400011")
    assert cleaned.remarks() == [Remark.NUMBER_ZERO_RESTORED]


def test_fault_80_la_poste_follows_its_own_rule() -> None:
    assert is_valid_siret("35600000000048")  # the head office keeps the usual key
    assert is_valid_siret("35600000049837")  # an office: digits add up to 45
    assert not is_valid_siret("35600000049838")


@pytest.mark.parametrize(
    "raw", ["73282932000075", "123", "abc", "73282932", "732829320000741", "00000000000000"]
)
def test_a_number_with_a_wrong_key_is_refused(raw: str) -> None:
    cleaned = clean_business_number(raw)
    assert cleaned.value == BusinessNumber()
    assert cleaned.remarks() == [Remark.NUMBER_INVALID]


@given(st.text(max_size=30) | st.integers().map(str) | st.floats().map(str))
def test_whatever_comes_out_is_valid(raw: str) -> None:
    value = clean_business_number(raw).value
    assert not value.siret or (is_valid_siret(value.siret) and value.siret[:9] == value.siren)
