"""Names that sound like the place and belong to nobody."""

from __future__ import annotations

import re
from random import Random

from chalandise.config.demo.recipes import recipes

_CONTRACTIONS = ((" de le ", " du "), (" de les ", " des "), (" à le ", " au "))
_AFTER_AND = re.compile(r" et (le |la |l’)")


def name_of(pattern: str, random: Random) -> str:
    """Fill a pattern with words drawn at random, as French grammar wants it."""
    words = recipes().words
    name = pattern.format(
        n=random.choice(words["n"]), p=random.choice(words["p"]), q=random.choice(words["q"])
    )
    for apart, together in _CONTRACTIONS:
        name = name.replace(apart, together)
    return _AFTER_AND.sub(" et ", name)
