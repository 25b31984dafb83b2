"""Starts servers the way the product does, and looks at what they weigh."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.loadclient import HOST
from bench.scratch import COMMAND, ROOT, Scratch

WORKERS = 2
THREADS = 2
FLOOR = f"""
from granian.constants import Interfaces
from granian.server import Server
import sys
Server("bench.floors:application", address="{HOST}", port=int(sys.argv[1]),
       interface=Interfaces.WSGI, workers={WORKERS}, blocking_threads={THREADS}).serve()
"""
START_SECONDS = 120


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, order=True)
class Weight:
    """The memory of a process, in MB.

    Attributes:
        resident: all that is there, what others have too included.
        share: the same with each page divided among those who have it, so that shares add up.
    """

    resident: float = 0.0
    share: float = 0.0


class Running:
    """A server that lives as long as its ``with`` block."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], ready: str) -> None:
        self.port = free_port()
        self.cold_start_seconds = 0.0
        self._name = name
        self._command = [part.replace("PORT", str(self.port)) for part in command]
        self._env = env | {
            "PORT": str(self.port),
            "CHALANDISE_PUBLIC_URL": f"http://{HOST}:{self.port}",
        }
        self._ready = ready
        self._log = Path(env["CHALANDISE_VAR"]) / f"{name}.log"

    def __enter__(self) -> Self:
        started = time.monotonic()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - started > START_SECONDS:
                self.__exit__(None, None, None)
                raise RuntimeError(f"{self._name} did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.02)
        self.cold_start_seconds = time.monotonic() - started
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                for child in self._children():
                    os.kill(child, signal.SIGKILL)
                self._process.kill()
                self._process.wait()

    @property
    def pid(self) -> int:
        """The process that its workers are children of."""
        return self._process.pid

    def get_json(self, path: str) -> dict[str, object]:
        """Return what a path answers, as JSON."""
        return dict(json.loads(self.get_text(path)))

    def get_text(self, path: str) -> str:
        """Return what a path answers."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def heaviest_worker(self) -> Weight:
        """Return the memory of the worker with the most of it resident."""
        return max((_weight(pid) for pid in self._children()), default=Weight())

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _children(self) -> list[int]:
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []


def _weight(pid: int) -> Weight:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return Weight()
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return Weight(found["Rss"], found["Pss"])


def product(scratch: Scratch, *, is_cached: bool) -> Running:
    """Return the product's own server, with or without the shared page cache."""
    command = [sys.executable, "-c", COMMAND, "serve", "--host", HOST, "--port", "PORT"]
    command += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    env = scratch.env | {"CHALANDISE_PAGE_CACHE_MB": "48" if is_cached else "0"}
    return Running("cached" if is_cached else "anew", command, env, "/health/ready")


def floor(scratch: Scratch, database_url: str) -> Running:
    """Return the server of the floors."""
    env = scratch.env | {"DATABASE_URL": database_url}
    return Running("floor", [sys.executable, "-c", FLOOR, "PORT"], env, "/row")
