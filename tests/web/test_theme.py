"""Whatever colour an operator picks, its pages can be read."""

from hypothesis import given
from hypothesis import strategies as st

from chalandise.web.theme import PAPER, WHITE, Palette, contrast, theme_css, theme_path

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")


@given(COLOURS)
def test_any_colour_gives_readable_text(colour: str) -> None:
    palette = Palette.of(colour)
    assert contrast(palette.brand, palette.tint) >= 4.5
    assert contrast(palette.brand, PAPER) >= 4.5
    assert contrast(palette.on_brand, palette.brand) >= 4.5
    assert contrast(palette.on_brand_soft, palette.deep) >= 4.5


def test_a_colour_that_can_be_read_is_kept_as_it_is() -> None:
    assert Palette.of("#1e5b45").brand == "#1E5B45"


def test_contrast_is_that_of_the_recommendation() -> None:
    assert round(contrast("#000000", WHITE), 1) == 21.0
    assert round(contrast("#1E5B45", WHITE), 1) == 8.0


def test_the_address_changes_with_the_colour_only() -> None:
    assert theme_path("lot", "#1E5B45") == theme_path("lot", "#1e5b45")
    assert theme_path("lot", "#1E5B45") != theme_path("lot", "#1E5B46")


def test_the_sheet_holds_custom_properties_and_nothing_else() -> None:
    lines = [line.strip() for line in theme_css("#7A1F5C").splitlines()]
    assert lines[0] == ":root {"
    assert all(line.startswith("--") for line in lines[1:-1] if line)
