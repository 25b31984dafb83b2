"""What `chalandise doctor` looks at, and what it advises."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from chalandise.config import looks
from chalandise.config.embedded import find_server
from chalandise.config.finding import Finding
from chalandise.discovery.queries import index_health
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory

OLDEST_POSTGRES = 150_000
OF_THE_TABLES = (
    looks.look_at_worker,
    looks.look_at_events,
    looks.look_at_letters,
    looks.look_at_mails,
    looks.look_at_pictures,
    looks.look_at_notice,
)
OF_THE_MACHINE = (
    looks.look_at_mail_server,
    looks.look_at_disk,
    looks.look_at_backup,
    looks.look_at_tiles,
)


def examine() -> list[Finding]:
    """Look at everything; stop early where the rest would make no sense."""
    database = _database()
    if not database.is_fine:
        return [database, *_settings()]
    found = [database, *_settings(), _migrations()]
    asked: list[Callable[[], Finding]] = [_index, _folders, *OF_THE_MACHINE]
    if found[-1].is_fine:  # else their tables may lack
        asked = [_territories, _portals, *OF_THE_TABLES, *asked]
    return [*found, *(look() for look in asked)]


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except DatabaseError as error:
        return Finding(
            _("The database does not answer: %(error)s") % {"error": error},
            _("Check DATABASE_URL, or leave it empty to use the embedded PostgreSQL."),
        )
    known = {"version": version // 10_000}
    if version < OLDEST_POSTGRES:
        return Finding(f"PostgreSQL {version // 10_000}", _("Use PostgreSQL 15 or later."))
    if find_server(settings.VAR_DIR / "postgres"):
        return Finding(_("PostgreSQL %(version)s answers (the embedded one)") % known)
    return Finding(_("PostgreSQL %(version)s answers") % known)


def _settings() -> list[Finding]:
    problems = [
        Finding(str(message.msg), str(message.hint or _("See docs/settings.md.")))
        for message in run_checks(include_deployment_checks=settings.PRODUCTION)
        if message.is_serious()
    ]
    return problems or [Finding(_("Settings are consistent"))]


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        said = _("Steps to this release that the database still lacks: %(count)d")
        return Finding(said % {"count": len(waiting)}, _("Run “chalandise migrate”."))
    return Finding(_("The database is up to date"))


def _territories() -> Finding:
    count = Territory.objects.communes().count()
    if not count:
        return Finding(_("No commune is known"), _("Run “chalandise territories load”."))
    return Finding(_("Communes known: %(count)s") % {"count": f"{count:,}".replace(",", "\u202f")})


def _portals() -> Finding:
    count = Portal.objects.open().count()
    if not count:
        return Finding(
            _("No portal is open"), _("Run “chalandise portals open --territory 46 --name …”.")
        )
    return Finding(_("Portals open: %(count)d") % {"count": count})


def _index() -> Finding:
    health = index_health()
    if health != "ok":
        return Finding(
            _("The search index does not answer: %(health)s") % {"health": health},
            _("Run “chalandise search rebuild”."),
        )
    return Finding(_("The search index answers"))


def _folders() -> Finding:
    probe = settings.VAR_DIR / ".doctor"
    try:
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        return Finding(
            _("%(folder)s cannot be written: %(error)s")
            % {"folder": settings.VAR_DIR, "error": error},
            _("Give the folder to this user."),
        )
    return Finding(_("The data folder can be written"))
