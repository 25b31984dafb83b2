"""A place of its own for a run: database, search index and files, removed afterwards or kept."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "from chalandise.config.cli import run; run()"
SLUG = "bench"
LEFT_OUT = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
"""A deployment keeps its compiled modules; without them every start compiles 2,500."""


@dataclass(frozen=True)
class Done:
    """What one command cost.

    Attributes:
        seconds: by the clock on the wall.
        cpu_seconds: of the command itself, PostgreSQL not counted.
        peak_mb: most resident memory of the command, PostgreSQL not counted.
        output: what it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


class CommandFailedError(Exception):
    """A command of the product failed; the message holds what it printed."""


class Scratch:
    """An installation of Chalandise that nobody else uses."""

    def __init__(self, folder: Path, *, is_kept: bool = False) -> None:
        self.folder = folder
        self.is_kept = is_kept
        self._steps = folder / "steps.json"
        if not (is_kept and self._steps.exists()):
            self.remove()
            folder.mkdir(parents=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CHALANDISE_", "DJANGO_")) and name not in LEFT_OUT
        }
        self.env = kept | {
            "CHALANDISE_VAR": str(folder),
            "CHALANDISE_DEFAULT_PORTAL": SLUG,
            "CHALANDISE_API_RATE": "0",
            "CHALANDISE_ORDER_RATE": "100000000",  # counted as in a deployment, for one connection
            "CHALANDISE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONWARNINGS": "ignore",
        }

    def steps(self) -> dict[str, Done]:
        """Return what the steps of an installation that was kept cost; nothing for a new one."""
        if not self._steps.exists():
            return {}
        return {name: Done(**one) for name, one in json.loads(self._steps.read_text()).items()}

    def remember(self, steps: dict[str, Done]) -> None:
        """Note that everything stands, so that a later run may begin here."""
        self._steps.write_text(json.dumps({name: asdict(one) for name, one in steps.items()}))

    def chalandise(self, *arguments: str) -> Done:
        """Run a command of the product to its end.

        Raises:
            CommandFailedError: it said no.
        """
        return self.python("-c", COMMAND, *arguments)

    def python(self, *arguments: str) -> Done:
        """Run Python in this installation to its end; see `chalandise`."""
        log = self.folder / "command.log"
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - started
        text = log.read_text(errors="replace")
        if process.returncode:
            raise CommandFailedError(f"chalandise {' '.join(arguments[-6:])}\n{text[-3000:]}")
        return Done(seconds, _cpu(usage), usage.ru_maxrss / 1024, text)

    def leave(self) -> None:
        """Stop the database; remove everything, unless it is to be kept and stands complete."""
        if self.is_kept and self._steps.exists():
            self._stop()
        else:
            self.remove()

    def remove(self) -> None:
        """Stop the database of the folder and remove everything."""
        if self.folder.exists():
            self._stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        stopper = [sys.executable, str(ROOT / "scripts/stop_postgres.py")]
        subprocess.run([*stopper, str(self.folder / "postgres")], cwd=ROOT, check=False)


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime
