"""What nobody foresaw is a sentence on the command line, never its inside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from psycopg.conninfo import make_conninfo

from chalandise.config.mishaps import said_of
from chalandise.kernel.errors import (
    ChalandiseError,
    NotAllowedError,
    NotFoundError,
    RateLimitedError,
    StaleStateError,
)


def _say(tmp_path: Path, *asked: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("chalandise"), *asked],
        env={"CHALANDISE_VAR": str(tmp_path), "LC_ALL": "C.UTF-8", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_database_that_does_not_answer_is_a_sentence_with_its_remedy(tmp_path: Path) -> None:
    nobody = f"postgresql:///none?host={tmp_path}"
    said = _say(tmp_path, "portals", "list", DATABASE_URL=nobody)
    assert said.returncode == 1
    assert said.stderr.startswith("La base de données ne répond pas. Ce qui n’était pas terminé")
    assert "chalandise doctor" in said.stderr
    assert said.stderr.count("\n") == 1
    assert not said.stdout


def test_a_database_without_tables_asks_for_migrate_and_the_log_may_tell_more(
    db: None, tmp_path: Path
) -> None:
    known = connection.settings_dict
    names = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    place = {name: known[key] for name, key in names.items() if known.get(key)}
    bare = make_conninfo("", dbname="postgres", **place)  # every server has one, without our tables
    asked = ("portals", "open", "--territory", "46", "--name", "Lot")
    said = _say(tmp_path, *asked, DATABASE_URL=bare, CHALANDISE_LOG_LEVEL="DEBUG")
    assert said.returncode == 1
    told = said.stderr.splitlines()[-1]
    assert told.startswith("La base de données n’est pas à cette version")
    assert "Lancez «\u202fchalandise migrate\u202f»" in told
    assert "Traceback" in said.stderr  # asked for by the level of the log


def _ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_what_a_database_lacks_is_told_from_a_fault_of_the_program() -> None:
    with translation.override("en"):
        with pytest.raises(DatabaseError) as lacking, transaction.atomic():
            _ask("SELECT * FROM nowhere_at_all")
        said = said_of(lacking.value)
        assert said is not None
        assert "chalandise migrate" in said
        with pytest.raises(DatabaseError) as wrong, transaction.atomic():
            _ask("SELECT 1 / 0")
        assert said_of(wrong.value) is None
        assert said_of(ValueError("x")) is None


@pytest.mark.parametrize("kind", ["57014", "53100", "42501", "25006"])
def test_what_the_database_refuses_is_said_with_its_code(kind: str) -> None:
    said = said_of(psycopg.errors.lookup(kind)("in English"))
    assert said is not None
    assert kind in said
    assert "in English" not in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFoundError("portal 7"), "What the command names does not exist."),
        (NotAllowedError("someone@exemple.test"), "This may not be done."),
        (StaleStateError("order 46", "ready"), "Somebody else has changed the same thing"),
        (RateLimitedError(1), "ask again in 1 second."),
        (RateLimitedError(90), "ask again in 90 seconds."),
        (ChalandiseError("someone@exemple.test"), "This was refused (ChalandiseError)."),
    ],
)
def test_a_refusal_is_said_without_its_data(error: ChalandiseError, words: str) -> None:
    with translation.override("en"):
        said = said_of(error)
    assert said is not None
    assert words in said
    assert "What was not finished is undone" in said
    assert str(error) not in said
