"""Letters that pass for Latin ones (fault 77)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.confusables import LOOK_ALIKES, has_look_alikes, undisguised


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Bоulangerie", "boulangerie"),
        ("ΑU PΑΙΝ", "au pain"),
        ("Ｐａｉｎ", "pain"),
        ("𝐏ain", "pain"),
        ("Cοiffure", "coiffure"),
    ],
)
def test_a_disguise_is_read_as_it_looks(text: str, read: str) -> None:
    assert undisguised(text) == read


@pytest.mark.parametrize("text", ["Café de l’Œuf", "Chez Žižka", "Ñandú & Cie, 2ᵉ étage", "面包店"])
def test_an_honest_name_wears_none(text: str) -> None:
    assert not has_look_alikes(text)


def test_every_look_alike_is_of_another_alphabet_and_passes_for_one_latin_letter() -> None:
    for letter, plain in LOOK_ALIKES.items():
        assert not letter.isascii()
        assert "LATIN" not in unicodedata.name(letter)
        assert plain.isascii()
        assert len(plain) == 1


@given(st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=60))
def test_latin_text_is_never_suspected(text: str) -> None:
    assert not has_look_alikes(unicodedata.normalize("NFC", text).replace("\u037e", ""))


@given(st.text(max_size=60))
def test_undisguising_twice_changes_nothing_more(text: str) -> None:
    once = undisguised(text)
    assert undisguised(once) == once
