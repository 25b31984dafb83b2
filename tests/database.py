"""A migrated database in a second: copied from a template made once per state of the migrations."""

import fcntl
import hashlib
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "chalandise_template_"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make the template before the first test, whose time is limited, begins."""
    uses = (item.get_closest_marker("django_db") is not None for item in session.items)
    if any(uses) and not session.config.option.collectonly:
        ensure_template(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Have pytest-django copy its test database from the template of these migrations."""
    del django_db_modify_db_settings_parallel_suffix
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test["TEMPLATE"] = ensure_template(os.environ["DATABASE_URL"])


def ensure_template(url: str) -> str:
    """Name the template database, making it if the migrations changed since the last run."""
    name = PREFIX + digest_of_migrations()
    with _alone(), psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        known = {row[0] for row in connection.execute(query, (f"{PREFIX}%",))}
        if name not in known:
            for stale in known:
                connection.execute(_statement("DROP DATABASE {} WITH (FORCE)", stale))
            draft = f"{name}_draft"
            connection.execute(_statement("CREATE DATABASE {}", draft))
            _migrate(psycopg.conninfo.make_conninfo(url, dbname=draft))
            renaming = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(renaming.format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def digest_of_migrations() -> str:
    """A short name for the state of every migration, ours by content and others by release."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(config.path) / "migrations"
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    digest.update(importlib.import_module("django").__version__.encode())
    return digest.hexdigest()[:16]


def _migrate(conninfo: str) -> None:
    environment = os.environ | {
        "DATABASE_URL": conninfo,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--no-input"]
    done = subprocess.run(
        command, check=False, env=environment, cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        pytest.exit(f"The migrations do not apply:\n{done.stdout}{done.stderr}", returncode=1)


def _statement(text: str, name: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(name))  # type: ignore[arg-type]


@contextmanager
def _alone() -> Iterator[None]:
    lock = ROOT / "var" / ".postgres-test-template.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
