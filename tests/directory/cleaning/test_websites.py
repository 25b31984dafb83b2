"""Web addresses: repaired, or refused aloud."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.directory.cleaning import Remark, clean_website


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https//www.exemple.fr", "https://www.exemple.fr/"),
        ("http//exemple.fr/boutique", "https://exemple.fr/boutique"),
        ("http:exemple.fr", "https://exemple.fr/"),
        ("https:/exemple.fr", "https://exemple.fr/"),
        ("ttps://exemple.fr", "https://exemple.fr/"),
        ("https:// exemple.fr", "https://exemple.fr/"),
        ("http://https://exemple.fr", "http://exemple.fr/"),
        ("www.exemple.fr", "https://www.exemple.fr/"),
        ("exemple.fr", "https://exemple.fr/"),
        ("HTTP://EXEMPLE.FR/Page", "http://exemple.fr/Page"),
        ("https://exemple.fr/?utm_source=x&page=2&fbclid=abc", "https://exemple.fr/?page=2"),
        ("<a href='https://exemple.fr'>https://exemple.fr</a>", "https://exemple.fr/"),
    ],
)
def test_a_half_typed_address_is_completed(raw: str, expected: str) -> None:
    assert clean_website(raw).value == expected


@pytest.mark.parametrize("raw", ["<Nul>", "", None, "N/A", "-", "pas de site"])
def test_nothing_said_in_any_way_is_nothing(raw: str | None) -> None:
    assert clean_website(raw).value == ""
    assert not clean_website(raw).problems


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//exemple.fr",
        "java\tscript:alert(1)//a.fr",
        "data:text/html;base64,PHNjcmlwdD4.fr",
        "file:///etc/passwd.fr",
        "mailto:quelqu.un@exemple.fr",
        "vbscript:x.fr",
    ],
)
def test_an_address_that_would_run_something_is_refused(raw: str) -> None:
    cleaned = clean_website(raw)
    assert cleaned.value == ""
    assert cleaned.problems


@pytest.mark.parametrize(
    "raw",
    [
        "bonjour", "http://localhost/", "http://127.0.0.1", "http://192.168.1.1/", "exemple",
        "http://[::1]/", "quelqu.un@exemple.fr", "https://moi:secret@exemple.fr", "exemple.fr:8080",
        "http://printer.local",
    ],
)  # fmt: skip
def test_what_leads_nowhere_public_is_refused(raw: str) -> None:
    cleaned = clean_website(raw)
    assert cleaned.value == ""
    assert cleaned.remarks() == [Remark.WEBSITE_INVALID]


def test_a_social_page_is_kept_and_named_as_such() -> None:
    cleaned = clean_website("https://www.facebook.com/boutique/?fbclid=1")
    assert cleaned.value == "https://www.facebook.com/boutique/"
    assert Remark.WEBSITE_SOCIAL in cleaned.remarks()


def test_a_second_address_goes_to_the_notes() -> None:
    cleaned = clean_website("https://un.fr ; https://deux.fr")
    assert cleaned.value == "https://un.fr/"
    assert [n.original for n in cleaned.notes if n.remark is Remark.SECOND_WEBSITE] == [
        "https://deux.fr/"
    ]


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda t: "https//" + t))
def test_any_text_gives_a_public_web_address_or_nothing(raw: str) -> None:
    value = clean_website(raw).value
    if value:
        parts = urlsplit(value)
        assert parts.scheme in {"http", "https"}
        assert "." in (parts.hostname or "")
