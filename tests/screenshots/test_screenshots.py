"""The pictures of the README, taken from the demonstration at a moment that does not pass.

`KEEP_SCREENSHOTS=1 make test ARGS=tests/screenshots` opens the whole demonstration and writes them to
`docs/screenshots`. Otherwise the same pages are taken of a hamlet of it, into a folder of the test.
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
from chalandise.config.demo import market, past, sales, seed
from chalandise.config.demo.seed import CUSTOMER, MERCHANT, TOWN, open_demo
from chalandise.config.demo.shops import FictionalShop, invent_shops
from chalandise.directory.models import Establishment
from chalandise.discovery.rebuild import rebuild
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory
from chalandise.web import freshness
from chalandise.web.pictures import DIST

KEPT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
KEEPS = bool(os.environ.get("KEEP_SCREENSHOTS"))
AT = moment("2026-11-21 10:40")  # a Saturday morning: the market is on
LARGEST = 300_000
HAMLET = 24  # one shop in so many, besides the bakers of the town
PHONE, WIDE = (390, 844), 1280
BAKERY = "Au Pain de Chanvre"
IN_THE_BASKET = (
    "Sablés à l’ancienne",
    "Baguette de tradition",
    "Miel du causse",
    "Roman de la rentrée",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(3000 if KEEPS else 300),
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
    from_here: str = ""
    """What stands at the top of the picture; the page from its beginning without it."""


@pytest.fixture
def shots(
    transactional_db: None,
    live_server: Any,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[str, list[Shot]]:
    """The demonstration, opened at the moment of the pictures; its address, and what to take."""
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.INDEX_DIR = tmp_path / "index"
    if not KEEPS:
        _shrink(monkeypatch)
    with turn():  # one transaction, and a long one
        open_demo(at=AT, tell=lambda text: None)
    with time_machine.travel(AT, tick=True):  # the index knows who opens from that day on
        rebuild()
    freshness.forget()
    bakery = Establishment.objects.get(name=BAKERY)
    _fill_basket(bakery)
    return settings.PUBLIC_URL, [
        Shot("home", "/", (WIDE, 1012)),
        Shot("sheet", f"/commerces/{bakery.slug}/", (WIDE, 786)),
        Shot("map", "/carte/", (WIDE, 786), waits_for="/api/v1/map", from_here="[data-map]"),
        Shot("products", "/produits/", (WIDE, 924)),
        Shot("cart", "/panier/", (WIDE, 955), CUSTOMER),
        Shot("board", f"/comptoir/{bakery.slug}/commandes/", (WIDE, 860), MERCHANT),
        Shot("counter-phone", f"/comptoir/{bakery.slug}/", PHONE, MERCHANT),
        Shot("directory-phone", "/commerces/?category=boulangerie", PHONE, from_here=".card"),
    ]


def _shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a hamlet of the demonstration: each kind of page, a fraction of its time."""
    drawn: list[Path] = []
    draw = market.draw

    def draw_once(drawing: Any, base: Path) -> list[Path]:
        return drawn or drawn.extend(draw(drawing, base)) or drawn

    def invent_some(communes: list[Territory]) -> list[FictionalShop]:
        shops = enumerate(invent_shops(communes))
        return [one for n, one in shops if n % HAMLET == 0 or _is_baker_in_town(one)]

    monkeypatch.setattr(market, "draw", draw_once)
    monkeypatch.setattr(market, "HIRED", 24)
    monkeypatch.setattr(seed, "invent_shops", invent_some)
    monkeypatch.setattr(seed, "PHOTOGRAPHED", 2)
    monkeypatch.setattr(past, "ORDERS", 6)
    monkeypatch.setattr(past, "REQUESTS", 2)
    monkeypatch.setattr(sales, "ORDERS", 6)


def _is_baker_in_town(shop: FictionalShop) -> bool:
    return shop.kind.category == "boulangerie" and shop.commune.key == TOWN


def _fill_basket(bakery: Establishment) -> None:
    """Put things of several shops into Nadia's basket."""
    nadia = User.objects.get(email=CUSTOMER)
    portal = Portal.objects.get(slug="lot")
    sold = Offer.objects.filter(made_to_order_minutes=0, is_weight_priced=False)
    there = sold.filter(Q(stock_level=None) | Q(stock_level__on_hand__gte=6)).order_by("pk")
    cart = None
    for name in IN_THE_BASKET:
        offers = there.filter(variant__product__name=name)
        own = offers.filter(variant__product__establishment=bakery).first()
        if offer := own or offers.first():
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
    page.set_default_timeout(120_000)  # the machine has just opened a whole town
    page.on("response", lambda answer: seen.append(answer.url))
    response = page.goto(base + shot.path)
    assert response is not None
    assert response.status == 200, f"{shot.path}: {response.status}"
    if shot.from_here:
        page.locator(shot.from_here).first.evaluate(
            "it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 16)"
        )
    if shot.waits_for:
        for _tenth in range(200):
            page.wait_for_timeout(100)
            if any(shot.waits_for in url for url in seen):
                break
        page.wait_for_timeout(
            2000 if KEEPS else 200
        )  # the graphics card draws, and tells nobody when it has
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def test_the_pictures_of_the_readme(
    new_page: Callable[..., Page], shots: tuple[str, list[Shot]], tmp_path: Path
) -> None:
    base, wanted = shots
    folder = KEPT if KEEPS else tmp_path
    folder.mkdir(exist_ok=True)
    for shot in wanted:
        with time_machine.travel(AT, tick=True):
            page = new_page(width=shot.size[0], height=shot.size[1])
            picture = _take(page, base, shot)
        path = folder / f"{shot.name}.webp"
        picture.save(path, quality=80, method=6 if KEEPS else 0)
        assert path.stat().st_size < LARGEST
        assert len(picture.reduce(4).getcolors(1 << 24) or []) > 200, f"{shot.name} looks empty"
        assert (KEPT / path.name).exists(), f"take {shot.name}: see the top of this file"
