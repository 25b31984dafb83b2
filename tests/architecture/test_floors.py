"""Nothing leans on what stands above it: imports (import-linter), keys, migrations."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.loader import MigrationLoader
from tests.architecture.building import ROOT, floors, room_of, rooms


def relations() -> list[tuple[type[models.Model], models.Field, type[models.Model]]]:
    """Every foreign key, one-to-one and many-to-many that our models declare."""
    return [
        (model, field, field.related_model)
        for model in apps.get_models(include_auto_created=True)
        if room_of(model.__module__) is not None
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
    ]


def test_imports_go_down() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout


def test_every_room_has_a_floor() -> None:
    assert not set(rooms()) - set(floors())


def test_keys_point_down() -> None:
    wrong = []
    for model, field, target in relations():
        source_room, target_room = room_of(model.__module__), room_of(target.__module__)
        if target_room is None or source_room == target_room:
            continue  # Django's and Wagtail's tables lie below every floor
        if floors()[target_room] >= floors()[source_room]:
            wrong.append(f"{source_room}.{model.__name__}.{field.name} → {target_room}")
    assert relations(), "no relation was looked at"
    assert not wrong, wrong


def test_each_room_has_one_newest_migration() -> None:
    loader = MigrationLoader(None)
    labels = {label for label, _name in loader.disk_migrations}
    heads = {label: loader.graph.leaf_nodes(label) for label in labels}
    several = {label: nodes for label, nodes in heads.items() if len(nodes) != 1}
    assert labels
    assert not several


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False, verbosity=1)
    except SystemExit:
        pytest.fail(f"chalandise makemigrations would write:\n{capsys.readouterr().out}")


@pytest.mark.django_db
def test_django_finds_nothing_to_say() -> None:
    call_command("check", fail_level="WARNING")
