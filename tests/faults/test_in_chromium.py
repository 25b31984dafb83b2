"""The hostile town once in a real browser: no dialog, no report, no word on the console (61, 63)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page
from tests.cast import Cast
from tests.faults.planting import plant_everywhere, set_the_scene

from chalandise.directory.models import Category, Establishment
from chalandise.web import freshness
from chalandise.web.pictures import DIST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


def test_fault_61_63_chromium_runs_nothing_of_what_was_planted(
    live_server: Any, cast: Cast, build: Callable[[], int], page: Page
) -> None:
    set_the_scene(cast)
    cast.bakery.photos.all().delete()  # no file stands behind it
    plant_everywhere()
    Establishment.objects.update(website="", order_url="")
    Category.objects.update(plural="")
    build()
    freshness.forget()
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    site = live_server.url.replace("127.0.0.1", "localhost")
    for address in ("/", f"/commerces/{cast.bakery.slug}/", "/recherche/?q=svg", "/commerces/"):
        page.goto(site + address)
        assert "alert(1)" in page.inner_text("body"), address
    page.goto(site + "/")
    page.locator("input[name=q]").first.press_sequentially("svg", delay=20)
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option] svg[onload]").count() == 0
    assert "alert(1)" in page.inner_text("[role=listbox]")
    page.goto(f"{site}/carte/")
    page.wait_for_selector(".maplibregl-canvas")
    shown = page.evaluate("document.querySelectorAll('[onload], [onx], [onerror]').length")
    assert shown == 0
    assert not dialogs
