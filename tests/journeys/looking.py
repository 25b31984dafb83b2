"""Looking at a page as axe, a ruler and a keyboard do."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from tests.patience import eventually

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "var" / "journeys"
KEEPS = bool(os.environ.get("KEEP_PICTURES"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_TABS = 60
NARROW, WIDE = 320, 1280
STILL = """() => document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
    .forEach(one => one.finish())"""  # no promise: a page without script would never keep it

FIND_FAULTS = """([within, tags]) => axe.run(within, {runOnly: tags, resultTypes: ['violations']})
    .then(found => found.violations)"""  # all that is well is long, and slow to tell
TIMER = "act => void Promise.resolve().then(act)"  # a page without script waits for no other


def look(page: Page, name: str) -> None:
    """Require that nothing sticks out, that the page has one title, and that axe finds nothing.

    Also of a page without script: axe comes with a timer of its own. With `KEEP_PICTURES=1` a
    picture is left under `var/journeys`, for whoever wants to see the way.

    Args:
        page: as it stands.
        name: of the picture, and of the fault.
    """
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.wait_for_load_state()  # all of it is there, not only its beginning
    page.evaluate(STILL)  # a colour that fades in is not yet the colour that is read
    if KEEPS:
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name}: too wide"
    faults = faults_of(page, name)
    assert not faults, "\n".join(faults)


def faults_of(page: Page, name: str, *, tags: list[str] = TAGS, within: str = "html") -> list[str]:
    """Return what axe finds ``within`` a part of a page; no rule is ever left out."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(f"(setTimeout => {{{AXE.read_text('utf-8')}\n}})({TIMER})")
    return [
        f"{name}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in page.evaluate(FIND_FAULTS, [within, tags])
        for node in one["nodes"]
    ]


def look_twice(page: Page, name: str) -> None:
    """Look at a page wide, then narrow."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        look(page, name)


def refused(page: Page) -> None:
    """Require that the last form was refused, and forget that the console said so."""
    expect(page.get_by_role("alert").first).to_be_visible()
    answered(page, 422)


def answered(page: Page, status: int) -> None:
    """Require that the console was told of this status and of nothing else, and forget it."""
    faults: list[str] = page.faults  # type: ignore[attr-defined] # set by tests.browser
    # A question to the page lets Playwright hand over what the console was told.
    told = eventually(lambda: bool(page.evaluate("true") and faults), seconds=15)
    assert told, f"the answer did not say {status}"
    assert all(f"status of {status}" in one for one in faults), faults
    faults.clear()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until ``wanted`` has the focus, which must show and stay in sight."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    expect(wanted).to_be_in_viewport()
    shows = wanted.evaluate(
        """element => {
            const drawn = s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
                || s.boxShadow !== 'none';
            const around = s => s.content !== 'none' && drawn(s);  // the link of a whole card
            const visible = e => drawn(getComputedStyle(e)) || around(getComputedStyle(e, '::after'));
            for (let e = element; e && e !== document.body; e = e.parentElement) {
                if (visible(e)) return true;
            }
            return false;
        }"""
    )
    assert shows, "the focus does not show"
