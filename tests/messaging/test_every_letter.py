"""Every e-mail of the platform: something really makes it, once, and it says what it must."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.cast import Cast
from tests.messaging import scenes_of_money, scenes_of_orders, scenes_of_shops
from tests.messaging.letters import SCENES, Freeze, Letter, Post, Scene

import chalandise
from chalandise.messaging import actions
from chalandise.messaging.models import Message

PACKAGE = Path(chalandise.__file__).parent
MODULES = (scenes_of_money, scenes_of_orders, scenes_of_shops)
LEFT_OVER = re.compile(r"\{[{%#]|[%#}]\}|%\(|\bNone\b|\bFalse\b|<django|\[\]|\bdatetime\b")
LINK = re.compile(r"https?://[^\s<>\"]+")
LEADING = re.compile(r"(?:\w+:)?//[^\s<>\"']+")
OUR_HOST = "localhost:8000"
MEANT = {"www.impots.gouv.fr", "www.urssaf.fr", "mediation.exemple.test"}
"""The only sites beside the portal's own that a letter leads to: the State's, a shop's mediator's."""
LIES = {"SERVER_PORT": "6666", "HTTP_X_FORWARDED_HOST": "evil.test", "HTTP_X_HOST": "evil.test"}


def templates() -> set[str]:
    """Every letter that there is a template for, by its name."""
    found = PACKAGE.glob("*/templates/messaging/mails/*")
    return {one.name.partition(".")[0] for one in found}


def plain(text: str) -> str:
    """A text on one line, whose spaces may all be broken at."""
    return " ".join(html.unescape(text).split())


def test_every_template_has_its_scene() -> None:
    played = Counter(name for names in SCENES.values() for name in names)
    assert not templates() - set(played), "no scene ends in these letters: tests/messaging/scenes_*"
    assert not set(played) - templates(), "these have no template any more"


def test_every_letter_has_a_subject_a_text_and_a_page() -> None:
    for folder in PACKAGE.glob("*/templates/messaging/mails"):
        files = Counter(one.name.partition(".")[0] for one in folder.iterdir())
        assert set(files.values()) == {3}, files


@pytest.fixture
def lying_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every request of a scene name another host than the portal's (fault 60)."""
    tell = Client.request
    monkeypatch.setattr(Client, "request", lambda client, **said: tell(client, **{**said, **LIES}))


@pytest.mark.django_db
@pytest.mark.usefixtures("lying_visitors")
@pytest.mark.parametrize("played", SCENES, ids=lambda one: one.__name__)
def test_fault_44_every_letter_is_written_once_and_says_what_it_must(
    cast: Cast, freeze: Freeze, monkeypatch: pytest.MonkeyPatch, played: Scene
) -> None:
    post = Post()
    monkeypatch.setattr(actions, "_write", post.write)
    freeze("2026-11-18 10:30")
    facts = played(cast, post, freeze)
    post()
    assert set(facts) == SCENES[played]
    for message in Message.objects.order_by("pk"):
        french = Letter(message.subject, message.text, message.html)
        it_is_whole(message.template, french)
        it_has_both_parts(message)
        assert french not in post.english[message.template], "nobody translated it"
    for template, english in post.english.items():
        for letter in english:
            it_is_whole(template, letter)
    for template, said in facts.items():
        french_ones = list(Message.objects.filter(template=template))
        assert french_ones, f"nothing wrote {template}"
        for letter in (*french_ones, *post.english[template]):
            for words in (letter.text, letter.html):
                shown = plain(f"{letter.subject}\n{words}")
                assert not [one for one in said if plain(one) not in shown], (template, shown)


def it_is_whole(template: str, letter: Letter) -> None:
    """Nothing is left open, and whoever reads the text can go where the page leads."""
    assert letter.subject.strip(), template
    for words in (letter.subject, letter.text, letter.html):
        assert not LEFT_OVER.search(words), (template, LEFT_OVER.search(words))
    page, text = html.unescape(letter.html), plain(letter.text)
    assert "</html>" in page, template
    assert set(LINK.findall(text)) <= set(LINK.findall(page)), template
    assert "Achat Lot" in text, template
    hosts = {urlsplit(link).netloc for words in (text, page) for link in LEADING.findall(words)}
    assert hosts - MEANT == {OUR_HOST}, (template, "a link leads elsewhere, or none leads home")


def it_has_both_parts(message: Message) -> None:
    """What the mail server is given can be read as text and as a page."""
    sent = actions._as_email(message).message()
    kinds = [part.get_content_type() for part in sent.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html"], message.template
    assert sent["To"] == message.to


def test_fault_61_no_page_of_a_letter_takes_in_a_plain_text() -> None:
    """Plain texts escape nothing: the page is given its subject, and never includes theirs."""
    pages = [*PACKAGE.glob("*/templates/messaging/mails/*.html"), *PACKAGE.rglob("base_email.html")]
    assert len(pages) > 70
    assert not [one.name for one in pages if re.search(r"\.txt|autoescape", one.read_text())]
