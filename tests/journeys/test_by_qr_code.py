"""A hand-over by the code on the customer's screen: scanned by the page, or by any camera."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
import segno
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browser import ARGUMENTS, find_chromium
from tests.factories.fulfilment import MERCHANT, accepted
from tests.journeys.board import soon
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.passes import new_pass
from chalandise.fulfilment.states import FulfilmentState, Proof

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]


def film(text: str, path: Path) -> None:
    """Write a film of one second that shows a QR code, as a camera would see it."""
    code = BytesIO()
    segno.make(text, error="m").save(code, kind="png", scale=6, border=4)
    frame = Image.new("L", (640, 480), 200)
    drawn = Image.open(code).convert("L")
    drawn.thumbnail((440, 440))
    frame.paste(drawn, ((640 - drawn.width) // 2, (480 - drawn.height) // 2))
    picture = frame.tobytes() + bytes([128]) * (320 * 240 * 2)
    head = b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n"
    path.write_bytes(head + b"".join(b"FRAME\n" + picture for _second in range(10)))


def test_fault_86_a_hand_over_by_qr_code(
    browser: Browser, town: Town, let_in: LetIn, morning: datetime, tmp_path: Path
) -> None:
    order = accepted(town.cast.lot, town.cast.bakery, **soon(morning))
    mark_ready(order, by=MERCHANT, at=timezone.now())
    path = reverse("counter:pass", args=[new_pass(order.pk, at=timezone.now())])
    film(f"https://un-autre-nom.test{path}", tmp_path / "camera.y4m")
    eyes = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}",
    ]
    telephone = browser.browser_type.launch(
        executable_path=find_chromium(), args=[*ARGUMENTS, *eyes], headless=True
    )
    try:
        context = telephone.new_context(locale="fr-FR", viewport={"width": 390, "height": 844})
        context.grant_permissions(["camera"], origin=town.url)
        page = context.new_page()
        let_in(page, town.cast.claire)
        page.goto(town.counter(town.cast.bakery, "remettre/"))
        page.get_by_role("button", name="Scanner le QR code du client").click()
        expect(page.get_by_text("Le code est bon")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("heading", name="Nadia Customer")).to_be_visible()
        look(page, "counter-scanned")
        page.get_by_role("button", name="Remettre", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("remis")
        assert HandOver.objects.get().proof == Proof.PASS
        assert Fulfilment.objects.get().state == FulfilmentState.HANDED_OVER
        page.goto(f"{town.url}{path}")  # the same picture again: the goods are gone
        expect(page.get_by_text("déjà été remise")).to_be_visible()
        expect(page.get_by_role("button", name="Remettre", exact=True)).to_have_count(0)
    finally:
        telephone.close()


def test_fault_86_without_script_any_camera_opens_the_same_order(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime
) -> None:
    order = accepted(town.cast.lot, town.cast.bakery, **soon(morning))
    mark_ready(order, by=MERCHANT, at=timezone.now())
    shown = reverse("counter:pass", args=[new_pass(order.pk, at=timezone.now())])
    page = open_page(width=390, javascript=False)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "remettre/"))
    expect(page.get_by_role("button", name="Scanner")).to_have_count(0)
    page.goto(f"{town.url}{shown}")
    expect(page.get_by_text("Le code est bon")).to_be_visible()
    look(page, "counter-any-camera")
    page.get_by_role("button", name="Remettre", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("remis")
    assert HandOver.objects.get().proof == Proof.PASS
    page.goto(f"{town.url}{shown}")
    expect(page.get_by_text("déjà été remise")).to_be_visible()
    expect(page.get_by_role("button", name="Remettre", exact=True)).to_have_count(0)
