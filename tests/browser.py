"""Chromium for the tests: one browser for the session, a fresh profile for each page.

A page fails its test when the console shows an error, when a script throws, or when anything is
asked of another host: no page of ours may.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
OURS = {"localhost", "127.0.0.1"}
PATIENCE_MS = 15_000


def find_chromium() -> str | None:
    """Name the Chromium to drive: the headless shell, where there is one, costs half as much."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; absent, the test is skipped and CI fails."""
    executable = find_chromium()
    if executable is None:
        reason = "Chromium is not installed: apt-get install chromium-headless-shell"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright drives its browser from an event loop in this thread; the ORM is safe beside it,
    # because the loop runs only while a call to the browser waits.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MS)  # a busy machine is slow, and no fault of the page
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages by `new_page(width=…, height=…, javascript=…, **context options)`."""
    contexts = []
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text} ({message.location.get('url')})")

    def note_error(error: Error) -> None:
        faults.append(f"script: {error}")

    def note_request(request: Request) -> None:
        address = urlsplit(request.url)
        host = address.hostname or ""
        ours = host in OURS or host.endswith(".localhost")
        if address.scheme in {"http", "https"} and not ours:
            faults.append(f"third party: {request.url}")

    def open_page(
        *, width: int = 1280, height: int = 900, javascript: bool = True, **options: Any
    ) -> Page:
        settings: dict[str, Any] = {
            "locale": "fr-FR",
            "timezone_id": "Europe/Paris",
            "reduced_motion": "reduce",
            "viewport": {"width": width, "height": height},
            "java_script_enabled": javascript,
        }
        context = browser.new_context(**(settings | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note_console)
        page.on("pageerror", note_error)
        page.on("request", note_request)
        page.faults = faults  # type: ignore[attr-defined]  # a test that expects one may clear it
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A French desktop page."""
    return new_page()
