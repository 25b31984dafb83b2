"""How tests are shared out between workers: a few at a time, so that both end together.

pytest-xdist gives each worker hundreds of tests ahead. As pytest-django puts the tests that commit
behind those that roll back and before those without a database, all plays and journeys fell to one
worker, and the other had long finished the rest. Here a worker has three tests ahead; modules with a
fixture of their own (a whole country, a server) stay in one worker. The order is pytest-django's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typing_extensions import override
from xdist.scheduler import LoadScheduling

TESTS = Path(__file__).resolve().parent
AHEAD = 3  # one runs, the next one is known to it, and one is on its way
SHARED_FIXTURE = re.compile(r"\bscope=\"module\"")


class FewAhead(LoadScheduling):
    """Send a test, or the rest of a module that stays together, whenever a worker has few left."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        self.maxschedchunk = 2  # at the start
        self._whole = modules_that_stay_together()

    @override
    def check_schedule(self, node: Any, duration: float = 0) -> None:
        if node.shutting_down:
            return
        while self.pending and len(self.node2pending[node]) < AHEAD:
            self._send_tests(node, self._stay_together())
        if not self.pending:
            node.shutdown()

    def _stay_together(self) -> int:
        """Count the next tests that one worker takes."""
        assert self.collection is not None
        module = self.collection[self.pending[0]].partition("::")[0]
        if module not in self._whole:
            return 1
        others = (
            place
            for place, index in enumerate(self.pending)
            if not self.collection[index].startswith(f"{module}::")
        )
        return next(others, len(self.pending))


def modules_that_stay_together(folder: Path = TESTS) -> set[str]:
    """Find the modules that make something once for all their tests, or whose folder does."""
    found = set()
    for path in folder.rglob("*.py"):
        if SHARED_FIXTURE.search(path.read_text("utf-8")):
            users = path.parent.rglob("test_*.py") if path.name == "conftest.py" else [path]
            found |= {user.relative_to(folder.parent).as_posix() for user in users}
    return found
