"""Shops without a photograph: each keeps one illustration of its trade, and neighbours differ."""

import os
from pathlib import Path

import pytest

from chalandise.web.pictures import (
    DIST,
    FALLBACK,
    illustration,
    known_pictures,
    shop_illustration,
)

pytestmark = pytest.mark.skipif(
    not (DIST / "pictures.json").exists() and not os.environ.get("CI"),
    reason="the front end is not built: npm run build",
)


def file_of(number: int, icon: str = "baguette-bread") -> Path:
    name = shop_illustration(icon, number).src.rsplit("/", 1)[-1]
    return DIST / "pictures" / (name if (DIST / "pictures" / name).exists() else unhashed(name))


def unhashed(name: str) -> str:
    stem, _hash, kind = name.rsplit(".", 2)
    return f"{stem}.{kind}"


def test_bakers_who_follow_each_other_do_not_look_alike() -> None:
    seen = [
        file_of(number).read_text("utf-8") for number in range(known_pictures()["baguette-bread"])
    ]
    assert len(set(seen)) == len(seen) >= 8


def test_a_shop_keeps_its_picture() -> None:
    assert shop_illustration("baguette-bread", 46_003) == shop_illustration(
        "baguette-bread", 46_003
    )


def test_the_first_picture_of_a_trade_is_that_of_its_category() -> None:
    assert shop_illustration("baguette-bread", 0) == illustration("baguette-bread")


def test_an_icon_that_was_not_drawn_shows_shopping_bags() -> None:
    assert FALLBACK in shop_illustration("no-such-icon", 7).src


def test_pictures_pass_a_strict_policy() -> None:
    """No style attribute, no script, no address: they are shown under `style-src 'self'`."""
    for number in range(known_pictures()["books"]):
        drawn = file_of(number, "books").read_text("utf-8")
        assert "style=" not in drawn
        assert "<script" not in drawn
        assert drawn.count("http") == 1  # the name of SVG itself
