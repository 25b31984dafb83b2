"""Looking at a page as axe, a ruler and a keyboard do."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "var" / "journeys"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_TABS = 60
STILL = """() => Promise.allSettled(
    document.getAnimations()
        .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
        .map(one => one.finished)
)"""


def look(page: Page, name: str) -> None:
    """Require that nothing sticks out, that the page has one title, and that axe finds nothing.

    A picture is left under `var/journeys`, for whoever wants to see the way.
    """
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.evaluate(STILL)  # a colour that fades in is not yet the colour that is read
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name}: too wide"
    assert page.evaluate("typeof axe") == "object", "axe is missing"
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    faults = [
        f"{name}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    assert not faults, "\n".join(faults)


def refused(page: Page) -> None:
    """Require that the last form was refused, and forget that the console said so."""
    expect(page.get_by_role("alert").first).to_be_visible()
    faults: list[str] = page.faults  # type: ignore[attr-defined] # set by tests.browser
    assert faults, "the answer did not say that it was a refusal"
    assert all("status of 422" in one for one in faults), faults
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
            const visible = e => {
                const s = getComputedStyle(e);
                return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
                    || s.boxShadow !== 'none';
            };
            for (let e = element; e && e !== document.body; e = e.parentElement) {
                if (visible(e)) return true;
            }
            return false;
        }"""
    )
    assert shows, "the focus does not show"
