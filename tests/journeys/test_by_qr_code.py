"""A hand-over by the code on the customer's screen: scanned by the page, or by any camera."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.browser import ARGUMENTS, find_chromium
from tests.factories import market
from tests.factories.fulfilment import MERCHANT, accepted
from tests.journeys.board import soon
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, look_twice

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.passes import new_pass
from chalandise.fulfilment.states import FulfilmentState, Proof

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]


def film(picture: bytes, path: Path) -> None:
    """Write a film of one second of a picture, as a camera held in front of it would see it."""
    frame = Image.new("L", (640, 480), 200)
    drawn = Image.open(BytesIO(picture)).convert("L")
    frame.paste(drawn, ((640 - drawn.width) // 2, (480 - drawn.height) // 2))
    colours = bytes([128]) * (320 * 240 * 2)
    head = b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n"
    path.write_bytes(head + b"".join(b"FRAME\n" + frame.tobytes() + colours for _ in range(10)))


def test_fault_86_a_hand_over_by_the_qr_code_of_the_customer_s_own_page(
    browser: Browser,
    open_page: Opener,
    town: Town,
    let_in: LetIn,
    morning: datetime,
    tmp_path: Path,
) -> None:
    shop = market.shop(town.cast.bakery)
    made = market.ordered(town.cast.lot, (shop.offers[0], 2), at=morning)
    order = market.part_of(made, town.cast.bakery)
    accept(order, by=MERCHANT, at=timezone.now())
    mark_ready(order, by=MERCHANT, at=timezone.now())
    customer = open_page(width=390, device_scale_factor=2)
    customer.goto(f"{town.url}{reverse('storefront:order', args=[made.token])}")
    code = customer.get_by_role("img", name=re.compile("Le même code"))
    code.evaluate("one => one.decode()")
    film(code.screenshot(), tmp_path / "camera.y4m")
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
        expect(page.get_by_role("heading", name="Nadia Cabas")).to_be_visible()
        look(page, "counter-scanned")
        scanned = page.url
        page.get_by_label(re.compile("Par carte")).check()
        page.get_by_role("button", name="Remettre", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("remis")
        assert HandOver.objects.get().proof == Proof.PASS
        assert Fulfilment.objects.get().state == FulfilmentState.HANDED_OVER
        page.goto(scanned)  # the same picture again: the goods are gone
        expect(page.get_by_text("déjà été remise")).to_be_visible()
        look_twice(page, "counter-pass-handed-over")
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
    look(page, "counter-pass-handed-over-without-script")
    expect(page.get_by_role("button", name="Remettre", exact=True)).to_have_count(0)
