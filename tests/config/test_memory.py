"""A web worker keeps no library in memory that only few requests need."""

import json
import os
import subprocess
import sys

from chalandise.kernel.on_demand import OnDemand

ON_DEMAND = (
    "facturx",
    "icalendar",
    "openpyxl",
    "rapidfuzz",
    "segno",
    "stripe",
    "typst",
    "xlsxwriter",
)
WORKER = f"""
import json, sys
import chalandise.config.wsgi
import chalandise.config.urls
print(json.dumps([name for name in {ON_DEMAND!r} if name in sys.modules]))
"""


def test_a_worker_begins_without_what_few_requests_need() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WORKER],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "chalandise.config.settings"},
        timeout=60,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_library_on_demand_gives_what_the_library_has_and_keeps_it() -> None:
    colours = OnDemand("colorsys")
    assert "hls_to_rgb" not in vars(colours)
    found = colours.hls_to_rgb
    assert callable(found)
    assert found(0, 1, 0) == (1, 1, 1)
    assert vars(colours)["hls_to_rgb"] is found


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
