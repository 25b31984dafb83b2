"""Letters of other alphabets that pass for Latin ones: « Bоulangerie » with a Cyrillic о.

A French sign is written in Latin letters; a look-alike among them is an accident of a keyboard or a
disguise (fault 77). The table holds the Cyrillic, Greek, Armenian and Lisu letters that the
confusables of Unicode (UTS 39) call the same as a Latin letter in common fonts; full-width and
mathematical letters are undone by NFKC.
"""

from __future__ import annotations

import unicodedata

from chalandise.kernel.text import fold

_CYRILLIC = dict(
    zip(
        "АВЕЅЗІЈКМНОРСТУХЬаеѕіјорсухһԁԛԝѵөҮҒҺԌԚԜ",
        "ABES3IJKMHOPCTYXbaesijopcyxhdqwvoYFHGQW",
        strict=True,
    )
)
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορτυϲϳ", "ABEZHIKMNOPTYXayiKvoptucj", strict=True))
_ARMENIAN = dict(zip("ՕՍՏոսհց", "OUSnuhg", strict=True))
_LISU = dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU", strict=True))
LOOK_ALIKES = _CYRILLIC | _GREEK | _ARMENIAN | _LISU
_TABLE = str.maketrans(LOOK_ALIKES)


def has_look_alikes(text: str) -> bool:
    """Tell whether a letter of ``text`` only looks Latin; free for plain text."""
    return not text.isascii() and any(
        letter in LOOK_ALIKES for letter in unicodedata.normalize("NFKC", text)
    )


def undisguised(text: str) -> str:
    """Return ``text`` as a reader takes it: Latin for each look-alike, folded.

    ``undisguised("Bоulаngerie")``, with Cyrillic о and а, is ``"boulangerie"``.
    """
    return fold(fold(unicodedata.normalize("NFKC", text).translate(_TABLE)).translate(_TABLE))
