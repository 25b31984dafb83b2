"""Names of shops and the plain text under them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.directory.cleaning import (
    NAME_MAX_LENGTH,
    Remark,
    clean_email,
    clean_name,
    plain_text,
    readable_case,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("AUX DÉLICES DE L'ÎLE SARL", "Aux Délices de l’Île SARL"),
        ("BOULANGERIE CENTRALE", "Boulangerie Centrale"),
        ("CHEZ JEAN-PIERRE", "Chez Jean-Pierre"),
        ("L'ATELIER DU XIV", "L’Atelier du XIV"),
        ("AU PAIN D'ANTAN - DUPONT & FILS", "Au Pain d’Antan - Dupont & Fils"),
        ("GAEC DES TROIS CHÊNES", "GAEC des Trois Chênes"),
        ("LA BELLE ÉPOQUE (CHEZ LULU)", "La Belle Époque (Chez Lulu)"),
        ("SAINT-CIRQ-LAPOPIE", "Saint-Cirq-Lapopie"),
        ("FNAC", "FNAC"),
        ("Biocoop", "Biocoop"),
        ("eric kayser", "eric kayser"),
        ("Éric <b>Kayser</b>", "Éric Kayser"),
        ("Caf&amp;eacute; d&amp;#039;Ici", "Café d’Ici"),
        ("  Au   Panier\t Vert ", "Au Panier Vert"),
        ("cafÃ© de la gare", "café de la gare"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_a_name_becomes_readable(raw: str, expected: str) -> None:
    assert clean_name(raw).value == expected


def test_disguises_are_taken_off() -> None:
    cleaned = clean_name("\u202eMairie\u200b de Ca\u200dhors\x00")
    assert cleaned.value == "Mairie de Cahors"
    assert cleaned.remarks() == [Remark.INVISIBLE_REMOVED]


def test_mark_up_that_runs_is_removed_with_its_content() -> None:
    assert clean_name("<script>alert(1)</script>Au Bon Pain").value == "Au Bon Pain"
    assert clean_name('<img src=x onerror="alert(1)">').value == ""


def test_an_endless_name_is_shortened_and_kept_whole_in_the_notes() -> None:
    endless = "Maison " * 100
    cleaned = clean_name(endless)
    assert len(cleaned.value) <= NAME_MAX_LENGTH
    assert cleaned.value.endswith("Maison…")
    assert cleaned.notes[-1].original == endless.strip()


def test_a_name_without_a_letter_is_no_name() -> None:
    assert clean_name("???").value == ""
    assert clean_name("8 à Huit").value == "8 à Huit"


@given(st.text(max_size=200))
def test_any_text_gives_a_visible_composed_name(raw: str) -> None:
    value = clean_name(raw).value
    assert len(value) <= NAME_MAX_LENGTH
    assert value == value.strip()
    assert unicodedata.is_normalized("NFC", value)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in value)


@given(st.text(alphabet="ABCDEFÉÈÀÇŒ' -&.1234567890", max_size=60))
def test_readable_case_changes_only_the_case(raw: str) -> None:
    assert readable_case(raw).upper() == raw.upper()


def test_plain_text_says_what_it_did() -> None:
    assert plain_text("[ND]").remarks() == [Remark.EMPTY_MARK]
    assert plain_text("a<br />b").value == "a, b"
    assert plain_text("3 < 4").value == "3 < 4"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("bonjour@exemple.fr", "bonjour@exemple.fr"),
        ("Bonjour@EXEMPLE.FR", "Bonjour@exemple.fr"),
        ("mailto:bonjour@exemple.fr?subject=x", "bonjour@exemple.fr"),
        ("bonjour(at)exemple.fr", "bonjour@exemple.fr"),
        ("un@exemple.fr ; deux@exemple.fr", "un@exemple.fr"),
        ("pas une adresse", ""),
        ("a@b", ""),
    ],
)
def test_e_mail_addresses_are_read(raw: str, expected: str) -> None:
    assert clean_email(raw).value == expected
