"""The bench measures what it says: the same registers for one seed, every answer counted once."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bench import loadclient
from bench.generator import RARE_COUNT, RARE_WORD, write_registers
from bench.loadclient import Turn
from stdnum.fr import siret
from typing_extensions import override

COUNT = 400


def ask(port: int, paths: list[str], turn: Turn) -> loadclient.Tally:
    """Ask from a thread of its own: a browser of other tests may hold this one's event loop."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(loadclient.ask, port, paths, turn).result()


def test_the_same_seed_writes_the_same_registers(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    first, second = (write_registers(folder, COUNT) for folder in folders)
    assert first.sirene.read_bytes() == second.sirene.read_bytes()
    assert first.osm.read_bytes() == second.osm.read_bytes()


def test_registers_describe_as_many_establishments_as_asked(tmp_path: Path) -> None:
    registers = write_registers(tmp_path, COUNT)
    with registers.sirene.open() as file:
        rows = list(csv.DictReader(file))
    elements = json.loads(registers.osm.read_text())["elements"]
    assert all(siret.is_valid(row["siret"]) for row in rows)
    only_osm = COUNT // 20
    wanted = [row for row in rows if row["siren"] == row["siret"][:9]]  # the others are chaff
    assert len(wanted) == COUNT - only_osm
    assert len(rows) > len(wanted)
    assert len(elements) == only_osm + COUNT // 3
    names = {row["siret"]: row["enseigne1Etablissement"] for row in wanted}
    rare = sum(RARE_WORD.upper() in name for name in names.values())
    rare += sum(RARE_WORD in element["tags"]["name"] for element in elements[:only_osm])
    assert rare == RARE_COUNT


class Answering(BaseHTTPRequestHandler):
    """Answers on loopback: 404 to /missing, `abc` to anything else, in pieces when asked."""

    protocol_version = "HTTP/1.1"

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(404 if self.path == "/missing" else 200)
        if self.path == "/pieces":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n")
            self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"abc")


class Server(ThreadingHTTPServer):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as one:
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def test_every_answer_is_counted_once(server: Server) -> None:
    tally = ask(server.server_port, ["/a", "/b"], Turn(clients=3, seconds=10, most=60))
    assert len(tally.milliseconds) == len(server.asked) == 60
    assert sorted(set(server.asked)) == ["/a", "/b"]
    assert not tally.failures
    assert 0 < tally.quantile(0.5) <= tally.quantile(0.99)


def test_an_answer_in_pieces_is_read_to_its_end(server: Server) -> None:
    assert len(ask(server.server_port, ["/pieces"], Turn(1, 10, most=5)).milliseconds) == 5


def test_a_bad_answer_is_a_failure_and_not_a_time(server: Server) -> None:
    tally = ask(server.server_port, ["/missing"], Turn(clients=1, seconds=10, most=4))
    assert tally.failures == {"404": 4}
    assert not tally.milliseconds


def test_asking_stops_when_its_time_is_spent(server: Server) -> None:
    tally = ask(server.server_port, ["/a"], Turn(clients=2, seconds=0.2))
    assert 0.19 <= tally.seconds < 30  # the loop may wake a little early
    assert tally.milliseconds


def test_a_turn_begins_where_it_is_told(server: Server) -> None:
    ask(server.server_port, ["/a", "/b", "/c"], Turn(clients=1, seconds=10, first=2, most=2))
    assert server.asked == ["/c", "/a"]
