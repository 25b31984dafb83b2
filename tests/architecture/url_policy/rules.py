"""The shape of a row, and the groups of people that rows name."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

SIGNED_OUT = "visitor"
PEOPLE = frozenset({"claire", "idris", "nadia", "helene", "gilles", "odile"})

ANYONE = PEOPLE | {SIGNED_OUT}
SIGNED_IN = PEOPLE
NOBODY: frozenset[str] = frozenset()
MERCHANTS = frozenset({"claire", "idris"})
BAKERS = frozenset({"claire"})
LOT_DESK = frozenset({"helene", "gilles"})  # agent and administrator of the Lot
LOT_ADMINISTRATORS = frozenset({"gilles"})
CONSOLE = LOT_DESK | {"odile"}  # staff of any portal

Extra = Any
Given = Callable[..., Mapping[str, object]]


def _nothing(*_arguments: object) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Rule:
    """One route: who may, and how to visit it.

    Attributes:
        may: names of the cast, and `visitor` for somebody who did not sign in.
        given: the arguments of the address, from the cast (and from what `make` returned).
        method: `get` or `post`.
        data: what is posted, or the query of a `get`.
        make: makes what the row needs beside the cast.
        absent: whether to ask also for something that does not exist.
        content_type: of what is posted; `application/json` for the API.
    """

    may: Set[str]
    given: Given = _nothing
    method: str = "get"
    data: Given = _nothing
    make: Callable[..., Extra] | None = None
    absent: bool = True
    content_type: str | None = None
