"""Asks a server for pages over several kept connections, bounded in count and in time.

Raw asyncio protocols: an HTTP library would take more of the two cores than the server it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from typing_extensions import override

HOST = "127.0.0.1"


@dataclass
class Tally:
    """What came back.

    Attributes:
        milliseconds: how long each answer took.
        seconds: how long the whole slice took.
        failures: answers that were not 200, or connections lost, by what was seen.
        octets: bytes received.
    """

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)
    octets: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Return the time within which that share of the answers came."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def add(self, other: Tally) -> None:
        """Take another slice of the same work in."""
        self.milliseconds += other.milliseconds
        self.seconds += other.seconds
        self.octets += other.octets
        for what, count in other.failures.items():
            self.failures[what] = self.failures.get(what, 0) + count

    def fail(self, what: str) -> None:
        """Count a failure."""
        self.failures[what] = self.failures.get(what, 0) + 1


class _Line:
    """The addresses still to ask for, shared by the connections of a slice."""

    def __init__(self, port: int, paths: Sequence[str], first: int, most: int) -> None:
        self.until = float("inf")
        self._requests = [
            f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept-Encoding: gzip\r\n"
            "Accept-Language: fr\r\nUser-Agent: chalandise-bench\r\n\r\n".encode()
            for path in paths
        ]
        self._next = first
        self._end = first + most

    def take(self) -> bytes | None:
        if self._next >= self._end or time.perf_counter() >= self.until:
            return None
        request = self._requests[self._next % len(self._requests)]
        self._next += 1
        return request


class _Connection(asyncio.Protocol):
    """One visitor: asks, waits for the whole answer, asks again."""

    def __init__(self, line: _Line, tally: Tally) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line = line
        self._tally = tally
        self._buffer = bytearray()
        self._whole = 0
        self._started = 0.0
        self._is_done = False
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._ask()

    def _ask(self) -> None:
        request = self._line.take()
        assert self._transport is not None  # noqa: S101 - set when the connection was made
        if request is None:
            self._is_done = True
            self._transport.close()
            return
        self._buffer.clear()
        self._whole = 0
        self._started = time.perf_counter()
        self._transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            self._whole = _length(self._buffer)
        if self._whole and len(self._buffer) >= self._whole:
            self._tally.octets += len(self._buffer)
            status = bytes(self._buffer[9:12]).decode(errors="replace")
            if status == "200":
                self._tally.milliseconds.append((time.perf_counter() - self._started) * 1000)
            else:
                self._tally.fail(status)
            self._ask()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_done:
            self._tally.fail("connection lost")
        self.ended.set_result(None)


def _length(buffer: bytearray) -> int:
    """Return how long head and body are together, 0 while it cannot be known."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return 0
    low = bytes(buffer[:head]).lower()
    mark = low.find(b"content-length:")
    if mark < 0:
        return len(buffer) if buffer.endswith(b"0\r\n\r\n") else 0
    end = low.find(b"\r\n", mark)
    return head + 4 + int(low[mark + 15 : end if end > 0 else None])


@dataclass(frozen=True)
class Turn:
    """One slice of asking.

    Attributes:
        clients: how many connections ask at once.
        seconds: when to stop asking.
        first: which of the paths is the first to be asked.
        most: after how many requests to stop anyway.
    """

    clients: int
    seconds: float
    first: int = 0
    most: int = 1_000_000


async def _slice(port: int, paths: Sequence[str], turn: Turn) -> Tally:
    tally = Tally()
    loop = asyncio.get_running_loop()
    line = _Line(port, paths, turn.first, turn.most)
    started = time.perf_counter()
    line.until = started + turn.seconds
    connections = [
        (await loop.create_connection(lambda: _Connection(line, tally), HOST, port))[1]
        for _ in range(turn.clients)
    ]
    waiting = [connection.ended for connection in connections]
    _done, late = await asyncio.wait(waiting, timeout=turn.seconds + 30)
    for _one in late:
        tally.fail("no answer within 30 s")
    tally.seconds = time.perf_counter() - started
    return tally


def ask(port: int, paths: Sequence[str], turn: Turn) -> Tally:
    """Ask for the paths in turn, again and again, until the time or the count is spent."""
    return asyncio.run(_slice(port, paths, turn))
