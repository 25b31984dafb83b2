"""The tags that every template leans on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from chalandise.web.cards import PictureView, ShopCard
from chalandise.web.openness import StatusSentence
from chalandise.web.templatetags import web


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<!-- & -->", "a\u2028b\u2029c", "]]>"]
)
def test_structured_data_cannot_leave_its_element(name: str) -> None:
    written = web.json_ld({"name": name})
    inside = written.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside) == {"name": name}


def test_an_icon_decorates_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in web.icon("clock")
    speaking = web.icon("clock", label='"><script>')
    assert 'role="img"' in speaking
    assert "<script>" not in speaking


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    root = Path(__file__).resolve().parents[2]
    listed = (root / "frontend" / "icons.mjs").read_text("utf-8")
    named = {
        name
        for path in (root / "src").rglob("*.html")
        for name in re.findall(r'(?:\{% icon |icon_name=)"([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    named |= {view.icon for view in web.SERVICES.values()}
    missing = {name for name in named if f'"{name}"' not in listed and f"  {name}:" not in listed}
    assert missing == set()


def test_a_filter_goes_back_to_the_first_page() -> None:
    request = RequestFactory().get("/commerces/", {"q": "miel", "page": "3"})
    written = render('{% query_string service="pickup" %}', request=request)
    assert written == "?q=miel&amp;service=pickup"


def test_a_page_keeps_the_filters() -> None:
    request = RequestFactory().get("/commerces/", {"q": "miel & noix", "page": "3"})
    written = render("{% query_string page=4 %}", request=request)
    assert written == "?q=miel+%26+noix&amp;page=4"


def test_a_value_is_dropped_by_none() -> None:
    request = RequestFactory().get("/commerces/", {"q": "miel"})
    assert render("{% query_string q=None %}", request=request) == "?"


class Wish(forms.Form):
    email = forms.EmailField(help_text="Where the answer goes.")
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_refused_field_is_tied_to_its_help_and_its_error() -> None:
    form = Wish({"email": "claire@"})
    form.is_valid()
    with translation.override("en"):
        written = render("{% field form.email %}", form=form)
    assert 'aria-describedby="id_email_help id_email_error"' in written
    assert 'aria-invalid="true"' in written
    assert 'id="id_email_error"' in written
    assert "(optional)" not in written


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    written = render("{% field form.way %}", form=Wish())
    assert "<fieldset" in written
    assert "<legend>Way" in written
    assert written.count('class="choice"') == 2


def test_a_hidden_field_shows_nothing_else() -> None:
    written = render("{% field form.token %}", form=Wish()).strip()
    assert written == '<input type="hidden" name="token" id="id_token">'


def test_a_card_shows_three_ways_at_most_the_most_helpful_first() -> None:
    ways = web.chips(["wheelchair", "delivery", "pickup", "reservation", "online_order", "unknown"])
    assert [way.key for way in ways] == ["reservation", "online_order", "pickup"]


def a_shop(**changes: object) -> ShopCard:
    values: dict[str, Any] = {
        "name": "Au Pain de Chanvre",
        "url": "/commerces/au-pain-de-chanvre-cahors/",
        "category": "Boulangerie",
        "place": "Cahors",
        "picture": PictureView("/a.svg", "/a-square.svg"),
        "services": ("pickup", "reservation"),
    }
    return ShopCard(**(values | changes))


@pytest.mark.parametrize("component", ["card", "line"])
def test_what_a_shop_is_called_never_becomes_markup(component: str) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    shop = a_shop(
        name=nasty,
        category=nasty,
        place=nasty,
        picture=PictureView("/a.webp", alt=nasty),
        status=StatusSentence("unknown", nasty, nasty),
    )
    written = render_to_string(f"web/components/{component}.html", {"shop": shop})
    assert "<img src=x" not in written
    assert written.count("&lt;img src=x") == 6


def test_what_is_remembered_is_remembered_for_each_language() -> None:
    with translation.override("en"):
        assert "Put aside" in render("{% ways shop.services %}", shop=a_shop())
    with translation.override("fr"):
        assert "Put aside" not in render("{% ways shop.services %}", shop=a_shop())


def test_a_card_without_hours_distance_or_services_leaves_no_hole() -> None:
    written = render_to_string("web/components/card.html", {"shop": a_shop(services=())})
    assert "card__ways" not in written
    assert "card__far" not in written
    assert "None" not in written


@pytest.mark.parametrize("component", ["card", "line"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_card_from_the_mould_is_the_card_of_the_template(component: str, language: str) -> None:
    draw = {"card": web.shop_card, "line": web.shop_line}[component]
    nasty = "<b>L’Échoppe & « fils » 'x' \"y\""
    changes: list[dict[str, Any]] = [
        {},
        {"name": nasty, "category": nasty, "place": nasty, "url": "/a/?b=1&c=2", "public_id": "a"},
        {"status": StatusSentence("open", nasty, "<i>"), "metres": 450.0},
        {"metres": 123_000.0, "services": (), "public_id": "0-1"},
        {"picture": PictureView("/a.webp", alt=nasty, srcset="/a 1w", is_illustration=False)},
    ]
    with translation.override(language):
        for change in changes:
            for heading in (2, 3):
                shop = a_shop(**change)
                values = {"shop": shop, "heading": heading}
                written = render_to_string(f"web/components/{component}.html", values).strip()
                assert draw(shop, heading=heading) == written


def test_a_megabyte_typed_into_a_line_is_not_given_back() -> None:
    class Name(forms.Form):
        name = forms.CharField(max_length=80)
        story = forms.CharField(widget=forms.Textarea)

    form = Name({"name": "x" * 1_000_000, "story": "y" * 50_000})
    assert not form.is_valid()
    page = f"{form['name']}{form['story']}"
    assert page.count("x") < 1_100
    assert page.count("y") > 50_000
