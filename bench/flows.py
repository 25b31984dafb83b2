"""Visitors who do more than read: they fill baskets and place orders, over kept connections."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from random import Random
from urllib.parse import urlencode

from bench.loadclient import HOST, Tally
from bench.targets import LETTERS

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
RADIO = re.compile(r'type="radio" name="(way-\d+)" value="([^"]+)"')
SELECT = re.compile(r'<select[^>]* name="(slot-[^"]+)">(.*?)</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]+)"')
FILLERS = 8
_numbers = count()
"""Each visitor of a run chances upon things of their own, and has an address of their own."""
Flow = Callable[["Visitor", Random], Awaitable[None]]


class RefusedError(Exception):
    """An answer was not what the flow needs; the argument says which."""


@dataclass
class Visitor:
    """One connection with cookies of its own.

    Attributes:
        offers: what there is to buy, in pairs of offers of two shops.
        address: where the visitor stands.
    """

    port: int
    offers: list[tuple[int, int]]
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = ""
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, form: dict[str, str]) -> tuple[str, str]:
        """Send a form; return the text and where the answer leads."""
        return await self._ask("POST", path, form)

    async def send(self, path: str, form: dict[str, str]) -> str:
        """Send a form and follow where its answer leads, as a browser does; return that page."""
        page, to = await self._ask("POST", path, form)
        if not to:
            raise RefusedError(f"no way on from {_shown(path)}")
        self.address = to
        page, _to = await self._ask("GET", to, {})
        return page

    async def _ask(self, method: str, path: str, form: dict[str, str]) -> tuple[str, str]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(HOST, self.port)
        assert self._reader is not None  # noqa: S101 - opened together
        body = urlencode(form).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            "Accept-Language: fr",
            "Sec-Fetch-Site: same-origin",
            f"Referer: http://{HOST}:{self.port}/",
            *([f"Cookie: {cookies}"] if cookies else []),
            *(
                ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
                if method == "POST"
                else []
            ),
            "",
            "",
        ]
        self._writer.write("\r\n".join(head).encode() + body)
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        status, length, location = lines[0][9:12], 0, ""
        for line in lines[1:]:
            name, _colon, value = line.partition(":")
            value = value.strip()
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie":
                    key, _is, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
        text = (await self._reader.readexactly(length)).decode() if length else ""
        if status not in {"200", "302"}:
            raise RefusedError(f"{status} at {_shown(path)}")
        return text, location


def _shown(path: str) -> str:
    """Leave out of a path what is another one in each visit."""
    return re.sub("/[A-Za-z0-9_-]{20,}/", "/…/", path)


async def add_to_cart(visitor: Visitor, random: Random) -> None:
    """Put one thing in a new basket."""
    visitor.cookies.clear()
    offer, _other = random.choice(visitor.offers)
    await visitor.post("/panier/ajouter/", {"offer": str(offer), "quantity": "1"})


async def send_form(visitor: Visitor, random: Random) -> None:
    """Send a form to the floor, as somebody puts one thing in a new basket."""
    visitor.cookies.clear()
    await visitor.post("/form", _bare_form(visitor, random))


def walk_floor(steps: int) -> Flow:
    """Return what sends forms to the floor and follows each to a page, as a purchase does."""

    async def walk(visitor: Visitor, random: Random) -> None:
        visitor.cookies.clear()
        for _step in range(steps):
            await visitor.send("/form", _bare_form(visitor, random))

    return walk


def _bare_form(visitor: Visitor, random: Random) -> dict[str, str]:
    offer, _other = random.choice(visitor.offers)
    return {"offer": str(offer), "quantity": "1", "from": random.choice(LETTERS)}


async def place_order(visitor: Visitor, random: Random) -> None:
    """Buy at two shops as a browser does, from an empty basket to the page of the order.

    Twelve requests: every redirect is followed, and no page is asked for that nobody would see. The
    pages of the products come from the shared page cache and are measured by themselves.
    """
    visitor.cookies.clear()
    await _check_out(visitor, random, await _fill(visitor, random))


async def _fill(visitor: Visitor, random: Random) -> str:
    """Put something of two shops in, one after the other; return the page of the basket."""
    page = ""
    for offer in random.choice(visitor.offers):
        page = await visitor.send("/panier/ajouter/", {"offer": str(offer), "quantity": "1"})
    return page


async def _check_out(visitor: Visitor, random: Random, page: str) -> None:
    """Go from the page of the basket to that of the order."""
    page = await visitor.send("/commande/", _with_token(page))
    who = {"name": "Banc", "email": f"banc{random.getrandbits(40)}@exemple.test"}
    page = await visitor.send(visitor.address, _with_token(page) | who)
    page = await visitor.send(visitor.address, _with_token(page) | _ways(page, random))
    form = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    page = await visitor.send(visitor.address, form | {"pays": "on_collection", "terms": "1"})
    if "/commande/suivi/" not in visitor.address or "order-part" not in page:
        raise RefusedError("the order was not placed")


@dataclass(frozen=True)
class Basket:
    """A basket that somebody filled: their cookies, and its page."""

    cookies: dict[str, str]
    page: str


def fill_baskets(port: int, offers: list[tuple[int, int]], wanted: int) -> list[Basket]:
    """Fill so many baskets as `place_order` does, a few at a time."""
    return asyncio.run(_fill_baskets(port, offers, wanted))


async def _fill_baskets(port: int, offers: list[tuple[int, int]], wanted: int) -> list[Basket]:
    filled: list[Basket] = []
    left = iter(range(wanted))

    async def fill() -> None:
        visitor, random = Visitor(port, offers), Random(next(_numbers))
        for _basket in left:  # shared: each takes the next one
            visitor.cookies.clear()
            page = await _fill(visitor, random)
            filled.append(Basket(dict(visitor.cookies), page))

    await asyncio.gather(*(fill() for _filler in range(FILLERS)))
    return filled


def order_of(baskets: list[Basket]) -> Flow:
    """Return what orders these baskets, one at each call: the eight requests of the checkout."""

    async def order(visitor: Visitor, random: Random) -> None:
        if not baskets:
            raise RefusedError("no basket was left")
        basket = baskets.pop()
        visitor.cookies = dict(basket.cookies)
        await _check_out(visitor, random, basket.page)

    return order


def _with_token(page: str) -> dict[str, str]:
    found = TOKEN.search(page)
    if found is None:
        raise RefusedError("a form without a token")
    return {"csrfmiddlewaretoken": found[1]}


def _ways(page: str, random: Random) -> dict[str, str]:
    chosen = {name: unescape(value) for name, value in RADIO.findall(page)}
    for name, options in SELECT.findall(page):
        values = OPTION.findall(options)
        chosen[unescape(name)] = unescape(random.choice(values))
    return chosen


def run_flow(
    port: int, flow: Flow, offers: list[tuple[int, int]], *, clients: int, seconds: float
) -> Tally:
    """Let ``clients`` visitors do the same thing over and over; return what came of it."""
    return asyncio.run(_run(port, flow, offers, clients, seconds))


async def _run(
    port: int, flow: Flow, offers: list[tuple[int, int]], clients: int, seconds: float
) -> Tally:
    tally = Tally()
    until = time.perf_counter() + seconds

    async def visit() -> None:
        visitor, random = Visitor(port, offers), Random(next(_numbers))
        while time.perf_counter() < until:
            started = time.perf_counter()
            try:
                await flow(visitor, random)
            except (RefusedError, OSError, asyncio.IncompleteReadError) as error:
                tally.fail(str(error)[:80])
                visitor = Visitor(port, offers)
            else:
                tally.milliseconds.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(visit() for _client in range(clients)))
    tally.seconds = time.perf_counter() - started
    return tally
