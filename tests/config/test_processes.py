"""The demo's processes: one family at a time, and nobody left behind.

Each process holds the writing end of one pipe; the pipe ends when the last of them has ended.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import settings
from tests.patience import eventually

from chalandise.config import processes
from chalandise.config.demo.turn import DemoRunsAlreadyError, take_turn

LONGEST_SECONDS = 30

CHILD = """
import os, signal
from chalandise.config.processes import follow_parent
follow_parent()
os.write({pipe}, b"c")
signal.pause()
"""
STARTS_ONE = """
import os, signal, sys
from chalandise.config import processes
processes.start(sys.executable, "-c", {child!r}, keep={keep})
signal.pause()
"""


@dataclass(frozen=True)
class Pipe:
    """What the processes of a test say, and whether any of them lives."""

    reads: int
    writes: int

    def hear(self) -> bytes:
        """The next word; nothing once everybody who could speak has ended."""
        ready, _writable, _failed = select.select([self.reads], [], [], LONGEST_SECONDS)
        assert ready, "somebody lives on and says nothing"
        return os.read(self.reads, 1)

    def leave_to_them(self) -> None:
        """Keep no writing end here."""
        os.close(self.writes)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reads, writes = os.pipe()
    yield Pipe(reads, writes)
    os.close(reads)


def speak(code: str, *keep: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], pass_fds=keep, env=environment())


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return kept | more


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_its_parent_however_that_ends(pipe: Pipe, blow: signal.Signals) -> None:
    child = CHILD.format(pipe=pipe.writes)
    parent = speak(STARTS_ONE.format(child=child, keep=[pipe.writes]), pipe.writes)
    pipe.leave_to_them()
    assert pipe.hear() == b"c"
    parent.send_signal(blow)
    parent.wait()
    assert pipe.hear() == b""


def test_a_child_whose_parent_died_before_it_looked_does_not_begin(pipe: Pipe) -> None:
    gate, opens = os.pipe()
    child = f"import os\nos.write({pipe.writes}, b'b')\nos.read({gate}, 1)\n" + CHILD.format(
        pipe=pipe.writes
    )
    keep = [pipe.writes, gate]
    parent = speak(STARTS_ONE.format(child=child, keep=keep), *keep)
    pipe.leave_to_them()
    os.close(gate)
    assert pipe.hear() == b"b"
    parent.kill()
    parent.wait()
    os.write(opens, b"!")
    os.close(opens)
    assert pipe.hear() == b""


def test_stopping_leaves_nobody_of_the_group(pipe: Pipe) -> None:
    deaf = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN) if os.fork() == 0 else None\n"
        f"os.write({pipe.writes}, b'c')\n"
        "signal.pause()"
    )
    child = processes.start(sys.executable, "-c", deaf, keep=[pipe.writes])
    pipe.leave_to_them()
    assert pipe.hear() + pipe.hear() == b"cc"
    processes.stop([child])
    assert child.returncode == -signal.SIGTERM
    assert pipe.hear() == b""


def test_a_child_that_fails_says_so() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        processes.run(sys.executable, "-c", "raise SystemExit(3)")
    assert caught.value.returncode == 3
    processes.run(sys.executable, "-c", "")


def test_the_first_to_end_is_noticed(pipe: Pipe) -> None:
    lasting = processes.start(sys.executable, "-c", "import signal; signal.pause()")
    brief = processes.start(sys.executable, "-c", "raise SystemExit(4)")
    try:
        assert processes.watch([lasting, brief]) == 4
    finally:
        processes.stop([lasting, brief])
    pipe.leave_to_them()


def test_an_interruption_is_heard_once() -> None:
    before = signal.getsignal(signal.SIGTERM)

    @processes.interruptible()
    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # while tidying up
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_server_that_is_killed_leaves_no_worker(pipe: Pipe, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program(), "serve", "--port", str(port)],
        pass_fds=[pipe.writes],
        env=environment(CHALANDISE_VAR=str(tmp_path), CHALANDISE_STATIC_STORAGE=PLAIN),
        stderr=subprocess.DEVNULL,
    )
    pipe.leave_to_them()
    try:
        assert eventually(lambda: answers(port), seconds=LONGEST_SECONDS)
    finally:
        server.kill()
        server.wait()
    assert pipe.hear() == b""


PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


def answers(port: int) -> bool:
    """Whether a worker has loaded the application and answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS) as line:
            line.sendall(b"GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return line.recv(12).endswith(b" 200")
    except OSError:
        return False


def program() -> str:
    return str(Path(sys.executable).with_name("chalandise"))


# -- one demo at a time -------------------------------------------------------------------------


def test_a_second_demo_of_a_folder_is_told_of_the_first(tmp_path: Path) -> None:
    with take_turn(tmp_path, 8123):
        second = subprocess.run(
            [program(), "demo", "--port", "8124"],
            env=environment(CHALANDISE_VAR=str(tmp_path), DATABASE_URL=settings.DATABASE_URL),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert "Une démonstration de ce dossier tourne déjà" in second.stderr
        assert str(os.getpid()) in second.stderr
        assert "http://localhost:8123" in second.stderr
        assert second.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]


def test_two_folders_have_two_demos(tmp_path: Path) -> None:
    with take_turn(tmp_path / "one", 1), take_turn(tmp_path / "two", 2):
        pass


def test_a_demo_that_is_stopping_is_waited_for(tmp_path: Path) -> None:
    waiting, came = Event(), Event()

    def come() -> None:
        with take_turn(tmp_path, 2, tell=waiting.set):
            came.set()

    with take_turn(tmp_path, 1) as turn:
        turn.is_ending()
        next_one = Thread(target=come)
        next_one.start()
        assert waiting.wait(LONGEST_SECONDS)
        assert not came.is_set()
    assert came.wait(LONGEST_SECONDS)
    next_one.join()


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    with take_turn(tmp_path, 8123) as turn:
        turn.is_ending()
        with pytest.raises(DemoRunsAlreadyError), take_turn(tmp_path, 2, patience_seconds=0):
            pass


def test_the_turn_of_a_killed_demo_ends_with_its_last_child(pipe: Pipe, tmp_path: Path) -> None:
    stubborn = f"import os, signal\nos.write({pipe.writes}, b'c')\nsignal.pause()"
    code = f"""
import signal, sys
from pathlib import Path
from chalandise.config import processes
from chalandise.config.demo.turn import take_turn
with take_turn(Path({str(tmp_path)!r}), 8123) as turn:
    child = processes.start(
        sys.executable, "-c", {stubborn!r}, keep=[{pipe.writes}, turn.descriptor]
    )
    print(child.pid, flush=True)
    signal.pause()
"""
    first = subprocess.Popen(
        [sys.executable, "-c", code], pass_fds=[pipe.writes], stdout=subprocess.PIPE, text=True
    )
    pipe.leave_to_them()
    assert first.stdout is not None
    child = int(first.stdout.readline())
    first.stdout.close()
    assert pipe.hear() == b"c"
    first.kill()
    first.wait()
    told: list[bool] = []

    def end_the_last() -> None:
        told.append(True)
        os.kill(child, signal.SIGKILL)

    with take_turn(tmp_path, 2, tell=end_the_last):
        assert told == [True]
        assert pipe.hear() == b""


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}'])
def test_a_lock_half_written_is_waited_for(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep_quiet(turn: object, state: str) -> None:
        del turn, state
        (tmp_path / "demo.lock").write_text(content)

    monkeypatch.setattr("chalandise.config.demo.turn.Turn._note", keep_quiet)
    tell: list[Callable[[], object]] = []
    with (
        take_turn(tmp_path, 1),
        pytest.raises(DemoRunsAlreadyError),
        take_turn(tmp_path, 2, tell=lambda: tell.append(print), patience_seconds=0.1),
    ):
        pass
    assert len(tell) == 1


def test_the_database_of_a_running_demo_is_not_stopped(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "stop_postgres.py"
    command = [sys.executable, str(script), str(tmp_path / "postgres")]
    with take_turn(tmp_path, 8123):
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"(process {os.getpid()})" in refused.stderr
    assert subprocess.run(command, check=False).returncode == 0
