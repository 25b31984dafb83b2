"""Whose processor time a load took: the server's, PostgreSQL's, the clients'.

On two shared cores a rate depends on who else is there; what an order costs hardly does.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time so far."""

    server: float
    database: float
    clients: float

    def __add__(self, more: Spent) -> Spent:
        """Return both together."""
        return Spent(
            self.server + more.server, self.database + more.database, self.clients + more.clients
        )

    def __sub__(self, before: Spent) -> Spent:
        """Return what was spent since."""
        return Spent(
            self.server - before.server,
            self.database - before.database,
            self.clients - before.clients,
        )

    @property
    def total(self) -> float:
        """All of it."""
        return self.server + self.database + self.clients


NOTHING = Spent(0.0, 0.0, 0.0)


def spent(server: int, postmaster: int) -> Spent:
    """Return what a server, PostgreSQL with its processes, and this process have spent so far."""
    return Spent(_family(server), _family(postmaster), time.process_time())


def postmaster_of(folder: Path) -> int:
    """Return the first process of the PostgreSQL of an installation."""
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def _family(pid: int) -> float:
    """Return the seconds of a process, of its living children and of those it has buried."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _own(pid, buried=True) + sum(_own(int(child), buried=False) for child in children)


def _own(pid: int, *, buried: bool) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    user, system, buried_user, buried_system = (int(one) for one in fields[11:15])
    return (user + system + (buried_user + buried_system if buried else 0)) / TICKS
