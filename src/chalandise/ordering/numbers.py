"""Numbers of orders: easy to dictate, impossible to guess, never in sequence."""

from __future__ import annotations

from chalandise.kernel.tokens import new_spoken_code, tidy_spoken_code

_HALF = 4  # 20 letters to the power of 8: 25 milliards


def new_order_number() -> str:
    """Return a number such as ``7HD3-QRTW``."""
    return f"{new_spoken_code(_HALF)}-{new_spoken_code(_HALF)}"


def tidy_order_number(typed: str) -> str:
    """Forgive what people type around a number: spaces, dashes, lower case."""
    bare = tidy_spoken_code(typed[:40])
    return f"{bare[:_HALF]}-{bare[_HALF:]}"[:12] if len(bare) > _HALF else bare
