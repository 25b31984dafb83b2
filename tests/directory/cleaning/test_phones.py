"""Telephone numbers as people really type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.directory.cleaning import Remark, clean_phones


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("01 56 56 61 00", "+33156566100"),
        ("01.56.56.61.00", "+33156566100"),
        ("+33 1 56 56 61 00", "+33156566100"),
        ("+33 (0)1 56 56 61 00", "+33156566100"),
        ("0033156566100", "+33156566100"),
        ("33156566100", "+33156566100"),
        ("0156566100.0", "+33156566100"),
        ("01 56 56 61 00 (accueil)", "+33156566100"),
        ("+32 2 512 34 56", "+3225123456"),
        ("05 36 49 00 12", "+33536490012"),
    ],
)
def test_a_number_is_read_whatever_its_dress(raw: str, expected: str) -> None:
    assert clean_phones(raw).value.primary == expected


@pytest.mark.parametrize(
    "raw",
    [
        "01 42 33 44 55 / 06 12 34 56 78",
        "0142334455/0612345678",
        "0142334455 0612345678",
        "01 42 33 44 55 ou 06 12 34 56 78",
        "01.42.33.44.55 - 06.12.34.56.78",
        "+33 1 42 33 44 55;+33 6 12 34 56 78",
        "01 42 33 44 55<br />06 12 34 56 78",
    ],
)
def test_two_numbers_in_one_field_are_both_kept(raw: str) -> None:
    cleaned = clean_phones(raw)
    assert cleaned.value.primary == "+33142334455"
    assert cleaned.value.others == ("+33612345678",)
    assert Remark.SECOND_PHONE in cleaned.remarks()


@pytest.mark.parametrize("raw", ["01 42 33 44", "0142334", "01 42 33 44 5"])
def test_a_number_cut_short_is_refused_with_the_reason(raw: str) -> None:
    cleaned = clean_phones(raw)
    assert cleaned.value.primary == ""
    assert cleaned.remarks() == [Remark.PHONE_TRUNCATED]
    assert cleaned.notes[0].original == raw


def test_a_cut_number_does_not_hide_the_good_one_beside_it() -> None:
    cleaned = clean_phones("01 42 33 / 06 12 34 56 78")
    assert cleaned.value.primary == "+33612345678"
    assert cleaned.remarks() == [Remark.PHONE_TRUNCATED]


def test_the_zero_a_spreadsheet_ate_is_restored() -> None:
    cleaned = clean_phones(142334455)
    assert cleaned.value.primary == "+33142334455"
    assert cleaned.remarks() == [Remark.PHONE_ZERO_RESTORED]


@pytest.mark.parametrize(
    ("raw", "region", "expected"),
    [
        ("0590 12 34 56", "FR", "+590590123456"),
        ("0696 45 67 89", "MQ", "+596696456789"),
        ("0262 41 22 33", "RE", "+262262412233"),
        ("0639 69 12 34", "YT", "+262639691234"),
        ("40 50 60 70", "PF", "+68940506070"),
        ("26 12 34", "NC", "+687261234"),
        ("+377 93 10 12 12", "FR", "+37793101212"),
    ],
)
def test_overseas_numbers_get_their_own_prefix(raw: str, region: str, expected: str) -> None:
    assert clean_phones(raw, region=region).value.primary == expected


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        ("3949", Remark.PHONE_SHORT_CODE),
        ("pas encore", Remark.PHONE_INVALID),
        ("01 42 33 44 55 66 77 88 99", Remark.PHONE_INVALID),
        ("<Nul>", Remark.EMPTY_MARK),
    ],
)
def test_what_is_no_number_is_said_to_be_none(raw: str, remark: Remark) -> None:
    cleaned = clean_phones(raw)
    assert cleaned.value.primary == ""
    assert cleaned.remarks() == [remark]


@given(st.text(max_size=60))
def test_any_text_gives_e164_or_nothing(raw: str) -> None:
    value = clean_phones(raw).value
    for number in (value.primary, *value.others):
        assert number == "" or (number[0] == "+" and number[1:].isdigit() and len(number) <= 16)
