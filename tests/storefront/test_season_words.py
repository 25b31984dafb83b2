"""The season of a product, in words that French ears accept."""

from __future__ import annotations

import pytest
from django.utils import translation

from chalandise.storefront.shelves.season_words import say_season


@pytest.mark.parametrize(
    ("months", "french"),
    [
        ([], ""),
        (range(1, 13), ""),
        ([5], "en mai"),
        ([5, 6, 7], "de mai à juillet"),
        ([4, 5, 6], "d’avril à juin"),
        ([11, 12, 1, 2], "de novembre à février"),
        ([1, 4, 5, 8, 12], "d’avril à mai, en août et de décembre à janvier"),
        ([99, 0, 3], "en mars"),
    ],
)
def test_months_are_said_as_stretches(months: list[int], french: str) -> None:
    with translation.override("fr"):
        assert say_season(months) == french


def test_months_are_said_in_english_too() -> None:
    with translation.override("en"):
        assert say_season([4, 5, 9]) == "from April to May and in September"
