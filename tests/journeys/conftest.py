"""A small town on a real server, on a weekday morning, with a postman."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page
from tests.cast import Cast
from tests.clock import PARIS
from tests.factories import directory
from tests.journeys.post import PostOffice

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment, EstablishmentHours
from chalandise.discovery import names, reader
from chalandise.discovery.rebuild import rebuild
from chalandise.storefront.finding import drawing

ALL_DAY = "Mo-Su,PH 08:00-19:00"
EVENINGS = "Mo-Su,PH 20:00-23:00"

Opener = Callable[..., Page]


@dataclass(frozen=True)
class Town:
    """Where the journeys take place.

    Attributes:
        url: the address of the portal, without trailing slash.
        cast: the people and their shops.
        late_bakery: the baker of Cahors who opens in the evening only.
        florist: a shop that nobody looks after yet, with an e-mail address on record.
        post: the e-mails, through a real mail server.
    """

    url: str
    cast: Cast
    late_bakery: Establishment
    florist: Establishment
    post: PostOffice

    def sheet(self, shop: Establishment) -> str:
        """The address of a public sheet."""
        return f"{self.url}/commerces/{shop.slug}/"

    def counter(self, shop: Establishment, path: str = "") -> str:
        """An address at a shop's counter."""
        return f"{self.url}/comptoir/{shop.slug}/{path}"


@pytest.fixture
def morning() -> Iterator[datetime]:
    """Half past ten today in Paris, the clock ticking on.

    The day is today's, because the browser keeps its own clock and would throw away cookies that
    end before it; the shops of the journeys are open on every day.
    """
    now = datetime.now(PARIS).replace(hour=10, minute=30, second=0, microsecond=0)
    with time_machine.travel(now, tick=True):
        yield now


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """A mail server of our own on a free port."""
    office = PostOffice()
    office.open()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = office.address
    yield office
    office.close()


@pytest.fixture
def town(
    live_server: Any,
    morning: datetime,
    cast: Cast,
    post: PostOffice,
    settings: Any,
    tmp_path: Path,
) -> Iterator[Town]:
    """The cast's portal on a live server, with an index of its own."""
    settings.INDEX_DIR = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    EstablishmentHours.objects.update(value=ALL_DAY, raw=ALL_DAY)
    late = directory.establishment(
        "Le Pain du Soir", slug="le-pain-du-soir-cahors", hours=EVENINGS, longitude=1.4430
    )
    florist = directory.establishment(
        "Fleurs du Pont",
        slug="fleurs-du-pont-cahors",
        category=directory.category("fleuriste", "Fleuriste", icon="bouquet"),
        hours=ALL_DAY,
        email="pont@exemple.test",
    )
    _forget()
    rebuild()
    yield Town(settings.PUBLIC_URL, cast, late, florist, post)
    _forget()


@pytest.fixture
def open_page(new_page: Opener) -> Opener:
    """Open a page under the very policy that visitors have, with script or without."""
    return new_page


@pytest.fixture
def let_in(client: Any, town: Town) -> Callable[[Page, User], None]:
    """Give a page the session of somebody who signed in before."""

    def give(page: Page, user: User) -> None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        key = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": town.url}])

    return give


def _forget() -> None:
    reader.drop()
    reader.forget()
    names.forget()
    drawing._kept.clear()
    drawing._grounds.clear()
