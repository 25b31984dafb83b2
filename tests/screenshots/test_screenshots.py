"""The pictures of the README, taken from the demonstration at a moment that does not pass.

`KEEP_SCREENSHOTS=1 make test ARGS="tests/screenshots"` writes them to `docs/screenshots`;
otherwise they go to a folder of the test, which looks at them all the same.
"""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as real_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q
from PIL import Image
from playwright.sync_api import Page
from tests.clock import moment
from tests.patience import turn

from chalandise.accounts.models import User
from chalandise.catalogue.models import Offer
from chalandise.config.demo.seed import CUSTOMER, MERCHANT, open_demo
from chalandise.directory.models import Establishment
from chalandise.discovery.rebuild import rebuild
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.portals.models import Portal
from chalandise.web import freshness
from chalandise.web.pictures import DIST

KEPT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
AT = moment("2026-11-21 10:40")  # a Saturday morning: the market is on
LARGEST = 300_000
PHONE, DESK = (390, 844), (1280, 860)
BAKERY = "Au Pain de Chanvre"
IN_THE_BASKET = (
    "Sablés à l’ancienne",
    "Baguette de tradition",
    "Miel du causse",
    "Roman de la rentrée",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (DIST / "site.css").exists() and not os.environ.get("CI"),
        reason="the front end is not built: npm run build",
    ),
]


@dataclass(frozen=True)
class Shot:
    """One picture: what to open, how wide, as whom."""

    name: str
    path: str
    size: tuple[int, int]
    email: str = ""
    waits_for: str = ""


@pytest.fixture
def shots(
    transactional_db: None, live_server: Any, settings: Any, tmp_path: Path
) -> tuple[str, list[Shot]]:
    """The demonstration, opened at the moment of the pictures; its address, and what to take."""
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INDEX_DIR = tmp_path / "index"
    with turn():  # one transaction, and a long one
        open_demo(at=AT, tell=lambda text: None)
    rebuild()
    freshness.forget()
    bakery = Establishment.objects.get(name=BAKERY)
    _fill_basket(bakery)
    return settings.PUBLIC_URL, [
        Shot("home", "/", DESK),
        Shot("sheet", f"/commerces/{bakery.slug}/", DESK),
        Shot("map", "/carte/", DESK, waits_for="/api/v1/map"),
        Shot("directory-phone", "/commerces/?category=boulangerie", PHONE),
        Shot("products", "/produits/", DESK),
        Shot("cart", "/panier/", DESK, CUSTOMER),
        Shot("board", f"/comptoir/{bakery.slug}/commandes/", DESK, MERCHANT),
        Shot("counter-phone", f"/comptoir/{bakery.slug}/demandes/", PHONE, MERCHANT),
    ]


def _fill_basket(bakery: Establishment) -> None:
    """Put things of three shops into Nadia's basket."""
    nadia = User.objects.get(email=CUSTOMER)
    portal = Portal.objects.get(slug="lot")
    sold = Offer.objects.filter(made_to_order_minutes=0, is_weight_priced=False)
    there = sold.filter(Q(stock_level=None) | Q(stock_level__on_hand__gte=6)).order_by("pk")
    cart = None
    for name in IN_THE_BASKET:
        offers = there.filter(variant__product__name=name)
        own = offers.filter(variant__product__establishment=bakery).first()
        offer = own or offers[0]
        cart = add_to_cart(cart, offer.pk, quantity=1, portal=portal, at=AT, user=nadia)


def _enter(page: Page, base: str, email: str) -> None:
    """Sign in without the pages of signing in, which other tests walk through."""
    user = User.objects.get(email=email)
    session = import_module(real_settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookie = {"name": real_settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": base}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def _take(page: Page, base: str, shot: Shot) -> Image.Image:
    if shot.email:
        _enter(page, base, shot.email)
    seen: list[str] = []
    page.on("response", lambda answer: seen.append(answer.url))
    response = page.goto(base + shot.path)
    assert response is not None
    assert response.status == 200, f"{shot.path}: {response.status}"
    if shot.waits_for:
        page.locator("[data-map]").first.scroll_into_view_if_needed()
        page.mouse.wheel(0, 330)
        for _tenth in range(200):
            page.wait_for_timeout(100)
            if any(shot.waits_for in url for url in seen):
                break
        page.wait_for_timeout(2000)  # the graphics card draws, and tells nobody when it has
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def test_the_pictures_of_the_readme(
    new_page: Callable[..., Page], shots: tuple[str, list[Shot]], tmp_path: Path
) -> None:
    base, wanted = shots
    folder = KEPT if os.environ.get("KEEP_SCREENSHOTS") else tmp_path
    folder.mkdir(exist_ok=True)
    for shot in wanted:
        with time_machine.travel(AT, tick=True):
            page = new_page(width=shot.size[0], height=shot.size[1])
            picture = _take(page, base, shot)
        path = folder / f"{shot.name}.webp"
        picture.save(path, quality=80, method=6)
        assert path.stat().st_size < LARGEST
        assert len(picture.getcolors(1 << 24) or []) > 200, f"{shot.name} looks empty"
        assert (KEPT / path.name).exists(), f"take {shot.name}: see the top of this file"
