"""What `chalandise doctor` looks at, and what it advises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from chalandise.config.embedded import find_server
from chalandise.discovery.queries import index_health
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory

OLDEST_POSTGRES = 150_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: what was found.
        remedy: what to do about it; blank when all is well.
    """

    what: str
    remedy: str = ""

    @property
    def is_fine(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.remedy


def examine() -> list[Finding]:
    """Look at everything; stop early where the rest would make no sense."""
    database = _database()
    if not database.is_fine:
        return [database, *_settings()]
    looks: list[Callable[[], Finding]] = [_migrations, _territories, _portals, _index, _folders]
    return [database, *_settings(), *(look() for look in looks)]


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except DatabaseError as error:
        return Finding(
            f"The database does not answer: {error}",
            "Check DATABASE_URL, or leave it empty to use the embedded PostgreSQL.",
        )
    embedded = " (embedded)" if find_server(settings.VAR_DIR / "postgres") else ""
    if version < OLDEST_POSTGRES:
        return Finding(f"PostgreSQL {version // 10_000}", "Use PostgreSQL 15 or later.")
    return Finding(f"PostgreSQL {version // 10_000} answers{embedded}")


def _settings() -> list[Finding]:
    problems = [
        Finding(str(message.msg), str(message.hint or "See docs/settings.md."))
        for message in run_checks(include_deployment_checks=settings.PRODUCTION)
        if message.is_serious()
    ]
    return problems or [Finding("Settings are consistent")]


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding(f"{len(waiting)} migration(s) wait", "Run “chalandise migrate”.")
    return Finding("The database is up to date")


def _territories() -> Finding:
    count = Territory.objects.communes().count()
    if not count:
        return Finding("No commune is known", "Run “chalandise territories load”.")
    return Finding(f"{count} communes are known")


def _portals() -> Finding:
    count = Portal.objects.open().count()
    if not count:
        return Finding(
            "No portal is open", "Run “chalandise portals open --territory 46 --name …”."
        )
    return Finding(f"{count} portal(s) are open")


def _index() -> Finding:
    health = index_health()
    if health != "ok":
        return Finding(f"The search index is {health}", "Run “chalandise search rebuild”.")
    return Finding("The search index answers")


def _folders() -> Finding:
    probe = settings.VAR_DIR / ".doctor"
    try:
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        return Finding(
            f"{settings.VAR_DIR} cannot be written: {error}", "Give the folder to this user."
        )
    return Finding("The data folder can be written")
