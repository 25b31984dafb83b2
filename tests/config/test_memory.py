"""A web worker keeps no library in memory that only few requests need."""

import json
import os
import subprocess
import sys

import click
import pytest
from django.core import checks

from chalandise.config.commands import running
from chalandise.kernel.on_demand import OnDemand, called_on_demand

ON_DEMAND = (
    "PIL",
    "bs4",
    "chalandise.console.home",
    "cryptography",
    "facturx",
    "fido2",
    "icalendar",
    "lxml",
    "openpyxl",
    "rapidfuzz",
    "requests",
    "rest_framework",
    "segno",
    "stripe",
    "typst",
    "wagtail.admin.panels",
    "xlsxwriter",
)
WORKER = f"""
import gc, json, sys, threading
from django.db import connections
from django.urls import resolve, reverse
from chalandise.config import cli  # as `serve` begins
from chalandise.config.serving import load_application, load_in_worker
assert load_application() is load_in_worker()
told = {{"loaded": [name for name in {ON_DEMAND!r} if name in sys.modules], "kept": gc.get_freeze_count()}}
told["threads"] = threading.active_count()
told["connected"] = [one.alias for one in connections.all(initialized_only=True) if one.connection]
told["before"] = [reverse("storefront:home"), reverse("mfa_index")]
from chalandise.web.demo import ROLES
told["roles"] = [reverse(one.destination) for one in ROLES]
told["asked"] = resolve("/console/commerces/").view_name
told["after"] = [reverse("console:home"), reverse("wagtailadmin_logout"), reverse("storefront:home")]
print(json.dumps(told))
"""


def test_a_worker_begins_without_what_few_requests_need_and_the_console_comes_when_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WORKER],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "chalandise.config.settings"},
        timeout=60,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["loaded"] == []
    assert told["kept"] > 100_000
    assert (told["threads"], told["connected"]) == (1, [])  # neither would survive the fork
    assert told["before"] == ["/", "/compte/securite/"]
    assert told["roles"] == ["/compte/", "/comptoir/", "/console/", "/comptoir/"]
    assert told["asked"] == "console:establishments"
    assert told["after"] == ["/console/", "/console/logout/", "/"]


def test_a_library_on_demand_gives_what_the_library_has_and_keeps_it() -> None:
    colours = OnDemand("colorsys")
    assert "hls_to_rgb" not in vars(colours)
    found = colours.hls_to_rgb
    assert callable(found)
    assert found(0, 1, 0) == (1, 1, 1)
    assert vars(colours)["hls_to_rgb"] is found


def test_a_function_on_demand_is_the_function_once_it_is_called() -> None:
    assert called_on_demand("colorsys.hls_to_rgb")(0, 1, s=0) == (1, 1, 1)


def test_settings_that_cannot_be_used_stop_the_start_with_what_the_check_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [
        checks.Error("The key is short.", hint="Set a longer one."),
        checks.Warning("A detail."),
    ]
    monkeypatch.setattr(running, "run_checks", lambda: found)
    with pytest.raises(click.ClickException) as refused:
        running.require_fit()
    assert refused.value.message == (
        "Ces réglages ne peuvent pas servir\u202f:\nThe key is short. Set a longer one."
    )
    monkeypatch.setattr(running, "run_checks", lambda: found[1:])
    running.require_fit()


def test_a_check_that_dies_stops_the_start_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run_checks", lambda: os._exit(7))
    with pytest.raises(click.ClickException, match="avec le code 7"):
        running.require_fit()


def test_a_server_brings_no_command_but_its_own() -> None:
    asked = """
import sys
sys.argv = ["chalandise", "serve"]
from click import Context
from chalandise.config import cli
assert cli.main.get_command(Context(cli.main), "serve").name == "serve"
ours = [name for name in sys.modules if name.startswith("chalandise.")]
print(*sorted(name for name in ours if name.endswith(".cli") or "config.demo" in name))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "chalandise.config.settings"},
        timeout=60,
    )
    assert done.stdout.split() == ["chalandise.config.cli"]
