"""Tables of permitted steps between states: a whole life readable in ten lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Transitions:
    """The steps a state machine may take.

    Attributes:
        steps: for each state, the states that may follow it. A final state maps to nothing.
    """

    steps: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, steps: Mapping[str, set[str]]) -> Transitions:
        """Build a table and check that every target is itself a declared state."""
        unknown = {to for targets in steps.values() for to in targets} - set(steps)
        if unknown:
            raise ValueError(f"targets without a row of their own: {sorted(unknown)}")
        return cls({state: frozenset(targets) for state, targets in steps.items()})

    def sources_of(self, target: str) -> frozenset[str]:
        """Return the states from which ``target`` may be reached in one step."""
        return frozenset(state for state, targets in self.steps.items() if target in targets)

    def allows(self, source: str, target: str) -> bool:
        """Tell whether the step from ``source`` to ``target`` is in the table."""
        return target in self.steps.get(source, frozenset())

    @property
    def final(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, targets in self.steps.items() if not targets)

    def __iter__(self) -> Iterator[str]:
        return iter(self.steps)
