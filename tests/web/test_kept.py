"""Parts of a page that are drawn once: never under the wrong values."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation


def test_what_is_kept_changes_with_the_values_it_names() -> None:
    page = Template("{% kept name=shop.name %}<b>{{ name }}</b>{% endkept %}{{ shop.place }}")
    said = [
        page.render(Context({"shop": {"name": name, "place": place}}))
        for name, place in (("Olt & Co", "Cahors"), ("Olt & Co", "Figeac"), ("Ida", "Figeac"))
    ]
    assert said == ["<b>Olt &amp; Co</b>Cahors", "<b>Olt &amp; Co</b>Figeac", "<b>Ida</b>Figeac"]


def test_what_is_kept_sees_nothing_else_of_the_page() -> None:
    page = Template("{% kept a=a %}{{ a }}{{ visitor }}{% endkept %}{{ visitor }}")
    assert page.render(Context({"a": 1, "visitor": "Nadia"})) == "1Nadia"
    assert page.render(Context({"a": 1, "visitor": "Idris"})) == "1Idris"


def test_what_is_kept_follows_the_language_and_the_sub_portal() -> None:
    page = Template(
        "{% load i18n %}{% kept %}{% translate 'Search' %}{% address 'x/' %}{% endkept %}"
    )
    before = get_script_prefix()
    try:
        found = set()
        for prefix in ("/", "/t/figeac/"):
            set_script_prefix(prefix)
            for language in ("fr", "en"):
                with translation.override(language):
                    found.add(page.render(Context({})))
    finally:
        set_script_prefix(before)
    assert found == {
        "Chercher/x/", "Search/x/", "Chercher/t/figeac/x/", "Search/t/figeac/x/",
    }  # fmt: skip


@pytest.mark.parametrize(
    "source",
    ["{% kept %}{% block a %}{% endblock %}{% endkept %}", "{% kept section %}{% endkept %}"],
)
def test_what_could_be_another_pages_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(source)
