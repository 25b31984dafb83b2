"""What comes out of a mould is what its template would have written, value by value."""

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils.safestring import mark_safe
from django.utils.translation import override

from chalandise.web.moulds import OwnValueReadError, fill_in

TILE = "web/components/tile.html"
NASTY = "<b>L’Échoppe & « fils » 'x' \"y\""
SAME = {"heading": 3, "is_from": False, "is_made_here": True, "is_orderable": True}
OWN = {
    "name": "Miel",
    "url": "/produits/miel/",
    "shop": "Au pain de chanvre",
    "place": "Cahors",
    "picture": mark_safe('<img src="/a.svg" alt="">'),
    "far": "",
    "price": "4,50 €",
    "crossed_out": "",
    "unit_price": "",
}
LISTS = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "list": "{% for a, b in rows %}{{ a }}{% if b %}={{ b }}{% endif %};{% endfor %}",
                        "length": "{{ name|length }}",
                        "slice": "{{ name|slice:':2' }}",
                        "upper": "{{ name|upper }}",
                        "attribute": "{{ name.upper }}",
                        "loop": "{% for letter in name %}{{ letter }}{% endfor %}",
                    },
                )
            ]
        },
    }
]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mould_writes_what_the_template_writes(language: str) -> None:
    changes = [
        {},
        {"name": NASTY, "shop": NASTY, "place": ""},
        {"name": "Savon", "far": "450 m", "crossed_out": "6 €", "unit_price": "9 €/kg"},
    ]
    with override(language):
        for change in (*changes, *changes):
            own = {**OWN, **change}
            assert fill_in(TILE, same=SAME, own=own) == render_to_string(TILE, SAME | own).strip()


def test_what_pages_have_in_common_chooses_the_mould() -> None:
    with override("fr"):
        assert "<h2" in fill_in(TILE, same={**SAME, "heading": 2}, own=OWN)
        assert "<h3" in fill_in(TILE, same=SAME, own=OWN)
    with override("en"):
        assert "Made here" in fill_in(TILE, same=SAME, own=OWN)


@override_settings(TEMPLATES=LISTS)
def test_lists_are_gone_through_and_their_blanks_are_seen() -> None:
    rows = [("un", "1"), ("deux", ""), (NASTY, "<i>")]
    written = fill_in("list", same={}, own={"rows": rows})
    assert written == render_to_string("list", {"rows": rows})
    assert fill_in("list", same={}, own={"rows": rows[:1]}) == "un=1;"
    assert fill_in("list", same={}, own={"rows": []}) == ""


@override_settings(TEMPLATES=LISTS)
@pytest.mark.parametrize("template", ["length", "slice", "upper", "attribute", "loop"])
def test_a_template_that_reads_an_own_value_is_refused(template: str) -> None:
    with pytest.raises(OwnValueReadError):
        fill_in(template, same={}, own={"name": "Miel"})


def test_a_name_that_looks_like_a_mark_stays_a_name() -> None:
    written = fill_in(TILE, same=SAME, own={**OWN, "name": "mould-0-1", "shop": "mould-2-"})
    assert "mould-0-1" in written
    assert "mould-2-" in written
