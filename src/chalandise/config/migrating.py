"""Brings a new database to this release, others' tables first.

Django redraws, at each step of a migration, every model that hangs together with the one that
changes; in the end nearly all of them hang together with people. The libraries' many migrations are
therefore made while none of our tables is there: it takes half the time, and ends the same.
"""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OURS = "chalandise."


def migrate(tell: Callable[[], object] = lambda: None) -> bool:
    """Make the migrations that are missing; return whether there were any."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if not executor.migration_plan(leaves):
        return False
    tell()
    ours = {one.label for one in apps.get_app_configs() if one.name.startswith(OURS)}
    if not executor.loader.applied_migrations:
        executor.migrate([node for node in leaves if node[0] not in ours])
    call_command("migrate", interactive=False, verbosity=0)
    return True
