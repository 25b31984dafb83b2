"""What people read: every sentence has its French, and the French is set as a printer would."""

import re

from babel.messages.catalog import Message
from tests.architecture.building import shown
from tests.architecture.words import (
    catalogues,
    english_of,
    french_of,
    holes,
    sentences,
    translations,
)

BEFORE = "\u202f\u00a0"  # narrow no-break space, no-break space
TYPOGRAPHY = {
    "a straight apostrophe": re.compile(r"\w'\w"),
    "no narrow no-break space before ; ! ?": re.compile(rf"[^\s{BEFORE}/?!=&;:][;!?](?:\s|$)"),
    "a breaking space before : ; ! ? »": re.compile(r" [:;!?»]"),
    "no space before a colon": re.compile(rf"[^\W\d_](?<![{BEFORE}]):(?:\s|$)"),
    "a breaking space after «": re.compile(r"« "),
    "three dots instead of …": re.compile(r"\.\.\."),
    "straight quotes": re.compile(r'(?<![=\w])"\w'),
}
MARKUP = re.compile(r"<[^>]*>|&\w+;|https?://\S+|%\(\w+\)[sd]|{\w*}")


def test_there_are_sentences() -> None:
    assert len(sentences()) > 50
    assert catalogues()


def test_every_sentence_has_its_french() -> None:
    known = {
        english_of(message)
        for _path, message in translations()
        if all(french_of(message)) and not message.fuzzy
    }
    missing = [
        f"{path}: {english}"
        for (c, english), path in sentences().items()
        if (c, english) not in known
    ]
    assert not missing, f"{len(missing)} sentences without French:\n" + "\n".join(missing)


def test_no_sentence_has_two_translations() -> None:
    """Django takes one of them, and nobody knows which."""
    seen: dict[tuple[str, str], tuple[str, list[str]]] = {}
    twice = []
    for path, message in translations():
        first = seen.setdefault(english_of(message), (shown(path), french_of(message)))
        if first[1] != french_of(message):
            twice.append(f"{english_of(message)[1]!r}: {first[0]} and {shown(path)}")
    assert not twice, "\n".join(twice)


def test_translations_keep_the_places_of_values() -> None:
    faults = [
        f"{shown(path)}: {french}"
        for path, message in translations()
        for french in filter(None, french_of(message))
        if not _keeps_holes(message, french)
    ]
    assert not faults, "\n".join(faults)


def _keeps_holes(message: Message, french: str) -> bool:
    english = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    allowed = set().union(*(holes(text) for text in english))
    return holes(french) <= allowed if len(english) > 1 else holes(french) == allowed


def test_french_is_set_as_a_printer_would() -> None:
    faults = []
    for path, message in translations():
        for french in french_of(message):
            text = MARKUP.sub("x", french)
            faults += [
                f"{shown(path)}: {fault}: {french}"
                for fault, sign in TYPOGRAPHY.items()
                if sign.search(text)
            ]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
