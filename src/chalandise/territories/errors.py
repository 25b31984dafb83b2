"""Errors of the room.

NotFoundError
└── TerritoryNotFound    no territory has this key or code
"""

from __future__ import annotations

from chalandise.kernel.errors import NotFoundError


class TerritoryNotFound(NotFoundError):  # noqa: N818 - named for the situation, as house style asks
    """No territory bears the key or the code that was given.

    Attributes:
        wanted: the key or code as given.
    """

    def __init__(self, wanted: str) -> None:
        super().__init__(f"no territory {wanted}")
        self.wanted = wanted
