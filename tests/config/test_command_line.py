"""The command line answers what it can without starting anything."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.building import PACKAGE, shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--help"], ["Ouvrir et lister les portails", "Montrer ce mode d’emploi et s’arrêter."]),
        (["--version"], []),
        ([], ["Servir les pages"]),
        (["directory", "import", "csv", "--help"], ["Licence du fichier.", "[obligatoire]"]),
    ],
)
def test_words_start_no_database(tmp_path: Path, asked: list[str], words: list[str]) -> None:
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    said = subprocess.run(
        [Path(sys.executable).with_name("chalandise"), *asked],
        env=own | {"DATABASE_URL": "", "CHALANDISE_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert re.search("Usage: |version ", said.stdout + said.stderr), said
    assert not [one for one in words if one not in said.stdout + said.stderr]
    assert not (tmp_path / "postgres").exists()


def _say(tmp_path: Path, *asked: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [Path(sys.executable).with_name("chalandise"), *asked],
        env=own | {"DATABASE_URL": "postgresql://", "CHALANDISE_VAR": str(tmp_path)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_setting_that_cannot_be_read_is_one_sentence_in_french(tmp_path: Path) -> None:
    said = _say(tmp_path, "doctor", CHALANDISE_TRUSTED_PROXIES="deux")
    assert said.returncode == 1
    assert said.stderr == (
        "CHALANDISE_TRUSTED_PROXIES vaut «\u202fdeux\u202f»\u202f: écrivez un nombre entier.\n"
    )
    assert not said.stdout


def test_a_mistyped_command_is_answered_in_french(tmp_path: Path) -> None:
    said = _say(tmp_path, "portals", "open", "--territory", "46")
    assert said.returncode == 2
    assert "Erreur\u202f: Il manque l’option '--name'." in said.stderr
    assert "donne le mode d’emploi" in said.stderr


def test_settings_that_cannot_be_used_are_said_in_french(tmp_path: Path) -> None:
    said = _say(tmp_path, "worker", CHALANDISE_PRODUCTION="1")
    assert said.returncode == 1
    assert "Ces réglages ne peuvent pas servir" in said.stderr
    assert "Donnez à CHALANDISE_SECRET_KEY au moins 50 caractères" in said.stderr
    assert "L’adresse publique n’est pas en https" in said.stderr
    assert "Traceback" not in said.stderr


TELLING = {"echo", "secho", "tell", "ClickException", "confirm"}


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _bare(node: ast.AST) -> Iterator[str]:
    """What is said that no catalogue can translate; the values that fill a sentence are not looked at."""
    if isinstance(node, ast.Call | ast.Dict):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from re.findall(r"[^\W\d_]{3,}", node.value)
    children = [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node)
    for child in children:
        yield from _bare(child)


def test_nothing_is_told_past_the_catalogue() -> None:
    paths = [*PACKAGE.rglob("cli.py"), *(PACKAGE / "config").rglob("*.py")]
    calls = [
        (path, node)
        for path in sorted(paths)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in TELLING
    ]
    assert len(calls) > 50
    bare = [
        f"{shown(path)}:{node.lineno}: {words}"
        for path, node in calls
        for said in node.args
        if (words := [*_bare(said)])
    ]
    assert not bare, "\n".join(bare)
