import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.text import fold, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Cœur d’Élan", "coeur d'elan"),
        ("ÆTHER", "aether"),
        ("L’Haÿ-les-Roses", "l'hay-les-roses"),
        ("Saint‑Denis\u202f:\u00a0ici", "saint-denis : ici"),
        ("  GARÇON   MAÎTRE  ", "garcon maitre"),
        ("straße №2", "strasse no2"),
        ("e\u0301te\u0301", "ete"),
        ("", ""),
    ],
)
def test_spellings_of_one_word_fold_to_the_same_text(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aàâäeéèêëiîïoôöuùûüyÿcçœæ AZ’-"))
def test_composed_and_decomposed_letters_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_words_are_cut_at_hyphens_apostrophes_and_signs() -> None:
    assert words("L’Isle-d’Abeau (38) !") == ["l", "isle", "d", "abeau", "38"]
