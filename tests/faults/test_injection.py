"""What people write stays text, wherever it is shown (61, 62, 63, 65, 66)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.architecture.test_urls import OURS
from tests.architecture.url_policy import RULES
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory
from tests.faults.inert import dangers_of, look_into
from tests.faults.market_scene import Traded, open_the_market, trade
from tests.faults.pages import body_of, crawl, is_html, read_page
from tests.faults.planting import mark_of, plant_everywhere, set_the_scene

from chalandise.accounts.models import User
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Decision, Establishment
from chalandise.directory.reminders import reminder_token
from chalandise.directory.sources import MERCHANT
from chalandise.journal.actions import emit
from chalandise.journal.states import Actor
from chalandise.messaging import subscribers
from chalandise.messaging.models import Message
from chalandise.ordering.events import ReservationMoved
from chalandise.settlements.models import Invoice
from chalandise.web import freshness


@dataclass(frozen=True)
class HostileTown:
    """The cast, what it traded, and what the rows of the addresses have made; all of it hostile."""

    cast: Cast
    traded: Traded
    made: Mapping[object, Any]


BY = Actor("merchant", "1", "Claire")
MARK = "alert(1)"
WRITTEN = {
    *("order_confirmed", "order_to_prepare", "order_accepted", "order_question", "order_declined"),
    *("withdrawal_acknowledged", "withdrawal_received", "withdrawal_contested"),
    *("decision_taken", "complaint_answered", "basket_invitation", "basket_agreed"),
    *("reservation_received", "reservation_to_answer", "reservation_declined"),
}
SHOWN = {
    # what people of the market type, and others must be able to read
    *("accounts.user.name", "bank.bankaccount.name", "organisations.organisation.name"),
    *("catalogue.product.name", "catalogue.product.description", "catalogue.variant.name"),
    *("catalogue.sellerprofile.legal_name", "catalogue.sellerprofile.address"),
    *("catalogue.sellerprofile.mediator_name", "catalogue.sellerprofile.terms_html"),
    *("directory.decision.reason", "directory.decision.complaint", "directory.decision.answer"),
    *("directory.claim.claimant_name", "directory.errorreport.text", "directory.standin.reason"),
    *("directory.establishment.name", "directory.exceptionalclosing.reason"),
    *("editorial.selection.title", "editorial.selection.introduction"),
    *("fulfilment.fulfilment.place", "fulfilment.question.substitute_name"),
    *("fulfilment.question.word", "journal.entry.actor_label", "portals.portal.name"),
    *("logistics.deliveryzone.name", "logistics.shippingrate.name"),
    *("logistics.pickuppoint.name", "logistics.pickuppoint.address"),
    *("logistics.pointclosing.reason", "ordering.checkout.customer_name"),
    *("ordering.merchantorder.note", "ordering.merchantorder.reason"),
    *("ordering.order.customer_name", "ordering.orderline.basket_name"),
    *("ordering.orderline.product_name", "ordering.reservationrequest.answer"),
    *("ordering.reservationrequest.text", "ordering.withdrawal.name", "ordering.withdrawal.answer"),
}


@pytest.fixture
def hostile_town(cast: Cast, build: Callable[[], int], freeze: Callable[[str], Any]) -> HostileTown:
    """The town where every text is hostile, and the index that holds it."""
    freeze("2026-11-18 10:30")
    made = {rule.make: rule.make(cast) for rule in RULES.values() if rule.make}
    cast.bakery.photos.all().delete()
    set_the_scene(cast)
    stalls = open_the_market(cast)
    plant_everywhere()
    traded = trade(cast, stalls)
    planted = plant_everywhere()
    assert len(planted) > 45, planted
    build()
    freshness.forget()
    return HostileTown(cast, traded, made)


def test_fault_61_62_no_page_mail_or_answer_runs_what_was_planted_in_every_text(
    hostile_town: HostileTown, client: Client
) -> None:
    """One town for all three, which takes its time to build."""
    no_page_runs_it(hostile_town.cast)
    no_mail_runs_it(hostile_town.cast)
    data_stays_data(hostile_town.cast, client)


def no_page_runs_it(cast: Cast) -> None:
    answers: dict[str, HttpResponse] = {}
    for who, seeds in (
        (None, ["/", "/commerces/", "/carte/", "/recherche/?q=svg", "/commercants/?q=svg"]),
        (cast.nadia, ["/compte/"]),
        (cast.claire, ["/comptoir/", f"/comptoir/{cast.bakery.slug}/"]),
        (cast.gilles, ["/console/"]),
    ):
        client = Client(SERVER_NAME="localhost")
        if who is not None:
            client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        found = crawl(client, seeds, most=70)
        answers |= {f"{who} {address}": answer for address, answer in found.items()}
    dangers, showing = {}, set()
    for address, answer in answers.items():
        assert answer.status_code < 500, address
        if is_html(answer):
            page = read_page(answer.content)
            if found_here := dangers_of(page):
                dangers[address] = found_here
            if MARK in page.text:
                showing.add(address)
    assert not dangers, dangers
    assert len(showing) > 60  # the text was there to be run


@contextmanager
def forgotten() -> Iterator[None]:
    """Undo what is done in here, also where it must be the outermost transaction."""
    stage = transaction.atomic()
    stage._from_testcase = True
    with stage:
        yield
        transaction.set_rollback(True)


def test_fault_61_every_address_shows_hostile_text_inertly(hostile_town: HostileTown) -> None:
    cast = hostile_town.cast
    dangers, seen = {}, set()
    for name in OURS:
        rule = RULES[name]
        people = [one for one in ("gilles", "claire", "nadia") if one in rule.may]
        client = signed_in(getattr(cast, people[0] if people else "claire"))
        extra = [hostile_town.made[rule.make]] if rule.make else []
        plant = {"q": "'\"><svg onload=alert(1)>", "place": '"><svg onload=alert(1)>', "next": "x"}
        address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
        posted = dict.fromkeys(("name", "text", "q", "email", "code"), plant["q"])
        with forgotten():  # the next page shows all that was planted, too
            for answer in (
                client.get(address, {**rule.data(cast, *extra), **plant}),
                client.post(address, posted),
            ):
                found, marks = look_into(answer)
                seen |= marks
                if found:
                    dangers[address] = found
    for who, address in what_was_traded(hostile_town):
        answer = signed_in(who).get(address) if who else Client().get(address)
        assert answer.status_code == 200, address
        found, marks = look_into(answer)
        assert marks, f"{address} shows nothing of it"
        seen |= marks
        if found:
            dangers[address] = found
    assert not dangers, dangers
    unseen = {column for column in SHOWN if mark_of(column) not in seen}
    assert not unseen, f"nothing shows what was planted here: {sorted(unseen)}"


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def what_was_traded(town: HostileTown) -> list[tuple[User | None, str]]:
    """Every page and paper of what was ordered, refused, given back and decided."""
    cast, traded = town.cast, town.traded
    paid, asked, withdrawal = traded.paid, traded.asked, traded.withdrawal
    part = paid.merchant_orders.filter(gathered_by=None).latest("pk")
    invoice = Invoice.objects.filter(reference=part.number).latest("pk")
    public = [
        *(("order", one.token) for one in (paid, asked.order, traded.refused.order)),
        *(("contract", one.token) for one in (paid, asked.order)),
        ("order_invoice", paid.token, invoice.pk),
        ("receipt", paid.token, part.pk),
        ("withdrawn", withdrawal.token),
        ("acknowledgement", withdrawal.token),
        ("decision", Decision.objects.exclude(answer="").latest("pk").token),
    ]
    counter = [
        *(("order", one.pk) for one in (part, asked, traded.refused)),
        *((name, asked.pk) for name in ("picking_slip", "order_hand_over")),
        *((name,) for name in ("board", "day_sheet", "baskets", "shelf", "ways", "returns")),
    ]
    shop = cast.bakery.slug
    point = reverse("counter:point_closings", args=[traded.hall.pk])
    return [
        *((None, reverse(f"storefront:{name}", args=rest)) for name, *rest in public),
        *((cast.claire, reverse(f"counter:{name}", args=[shop, *rest])) for name, *rest in counter),
        (cast.idris, reverse("counter:returns", args=[cast.bookshop.slug])),
        (cast.nadia, point),
        (None, "/api/v1/products"),
    ]


def no_mail_runs_it(cast: Cast) -> None:
    for state in ("requested", "accepted", "declined", "ready", "expired", "cancelled"):
        for one in cast.bakery.reservations.all():
            subscribers.tell_about_reservation(ReservationMoved(one.pk, state))
    messages = Message.objects.exclude(html="")
    assert set(messages.values_list("template", flat=True)) >= WRITTEN
    for message in messages.order_by("pk"):
        page = read_page(message.html)
        assert MARK in page.text, message.template
        marked = [one for one in dangers_of(page) if not one.endswith(" style>")]  # mails need it
        assert not marked, message.template
        assert not [tag for tag, _attributes in page.elements if tag == "svg"]
        assert "\n" not in message.subject + message.sender_name


def data_stays_data(cast: Cast, client: Client) -> None:
    for address in (
        "/api/v1/establishments?facets=true&q=svg",
        f"/api/v1/establishments/{cast.bakery.public_id}",
        "/api/v1/map?bbox=-180,-90,180,90&zoom=18",
        "/api/v1/suggest?q=svg",
        "/api/v1/categories",
        "/api/v1/territories",
        "/recherche/suggestions/?q=svg",
        "/manifest.webmanifest",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        json.loads(answer.content)
        assert "json" in answer.headers["Content-Type"], address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for address in ("/sitemap.xml", "/plan-des-pages.xml", "/plan-des-commerces-1.xml"):
        answer = client.get(address)
        ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
        assert b"svg" not in answer.content
    css = client.get("/theme/lot-0123456789.css")
    assert b"svg" not in body_of(css)


def test_fault_62_structured_data_says_the_text_and_leaves_its_element_never(
    cast: Cast, client: Client
) -> None:
    names = [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "a\u2028b",
        "]]>",
        "\\u003c",
        "&lt;",
    ]
    for number, name in enumerate(names):
        directory.establishment(name, slug=f"nom-{number}", description=f"<p>{name}</p>")
        page = read_page(client.get(f"/commerces/nom-{number}/").content)
        inline = [text for attributes, text in page.scripts if "src" not in attributes]
        assert len(inline) == 2
        assert json.loads(inline[0])["name"] == name
        assert not {"<", ">", "&"} & set("".join(inline))


RICH = [
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//evil.test">x</a>',
    '<a href="https://ok.test" target=_top onclick=alert(1) style="x" class="button">x</a>',
    '<img src="https://tracker.test/1.gif">',
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    '<div hx-get="/comptoir/" hx-trigger="load" hx-on:click="alert(1)">x</div>',
    '<p data-hx-post="/compte/deconnexion/" data-map data-confirm="x">x</p>',
    '<form action="https://evil.test"><input name=code></form>',
    '<iframe src="https://evil.test"></iframe>',
    "<style>*{display:none}</style>",
    '<link rel=stylesheet href="https://evil.test">',
    '<meta http-equiv=refresh content="0;url=https://evil.test">',
    '<base href="https://evil.test">',
    '<p id="main" name="csrfmiddlewaretoken">x</p>',
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<script>alert(1)</script >",
    "<!--><img src=x onerror=alert(1)>-->",
    '<video poster="https://tracker.test"><source src="https://tracker.test"></video>',
    "{{ 7*7 }}{% load x %}",
]


@pytest.mark.parametrize("is_planted", [False, True])
def test_fault_65_66_what_a_merchant_writes_keeps_words_and_loses_powers(
    cast: Cast, sign_in: Callable[..., Client], settings: Any, *, is_planted: bool
) -> None:
    """Through the counter, and past it: the page cleans once more what the table holds."""
    settings.PAGE_CACHE_MEGABYTES = 0
    claire = sign_in(cast.claire)
    sheet = f"/commerces/{cast.bakery.slug}/"
    plain = read_page(Client(SERVER_NAME="localhost").get(sheet).content)
    ours = {name for _tag, attributes in plain.elements for name in attributes}
    for text in RICH:
        if is_planted:
            Establishment.objects.filter(pk=cast.bakery.pk).update(description=text)
            emit(EstablishmentsChanged([cast.bakery.pk]), at=timezone.now())
        else:
            form = f"/comptoir/{cast.bakery.slug}/fiche/texte/"
            assert claire.post(form, {"description": text}).status_code == 302, text
        freshness.forget()
        for client, address in (
            (Client(SERVER_NAME="localhost"), sheet),
            (claire, f"/comptoir/{cast.bakery.slug}/fiche/"),
            (claire, f"/comptoir/{cast.bakery.slug}/fiche/texte/"),
        ):
            page = read_page(client.get(address).content)
            assert not dangers_of(page), (text, address)
            hosts = {one.get("href", "") for one in page.all("a", "link", "base")}
            assert not [one for one in hosts if "evil.test" in one], (text, address)
            if address == sheet:
                new = {name for _tag, attributes in page.elements for name in attributes} - ours
                assert new <= {"rel", "href"}, (text, new)
                assert "49" not in page.text.partition("Chanvre")[0]


def test_fault_65_a_sheet_keeps_no_address_that_a_browser_would_run(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    claire = sign_in(cast.claire)
    for address in (
        "javascript:alert(1)",
        "JAVASCRIPT://exemple.test/%0aalert(1)",
        "data:text/html,x",
        "https://exemple.test@evil.test/",
        'https://exemple.test/"onmouseover="alert(1)',
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://localhost:8000/",
        "http://[::1]/",
        "file:///etc/passwd",
        "\x01javascript:alert(1)",
        "https://exemple.test/\u202egnp",
    ):
        claire.post(f"/comptoir/{cast.bakery.slug}/fiche/contact/", {"website": address})
        kept = Establishment.objects.get(pk=cast.bakery.pk).website
        assert not re.search(
            r"script:|data:|evil|[\"<>\u202e]|127\.|2130706433|localhost|::1", kept
        )


def test_fault_66_htmx_keeps_its_doors_closed() -> None:
    source = (Path(__file__).parents[2] / "frontend/js/htmx.js").read_text()
    config = source.split("Object.assign(htmx.config, {")[1].split("});")[0]
    for closed in (
        "selfRequestsOnly: true",
        "allowEval: false",
        "allowScriptTags: false",
        "historyCacheSize: 0",
    ):
        assert closed in config


def test_fault_66_fragments_obey_no_header_and_redirect_nowhere(
    cast: Cast, client: Client, sign_in: Callable[..., Client]
) -> None:
    claire = sign_in(cast.claire)
    for address in ("/commerces/", "/recherche/?q=pain", f"/comptoir/{cast.bakery.slug}/"):
        for headers in (
            {"HX-Request": "true", "HX-Target": '"><svg onload=alert(1)>'},
            {"HX-Request": "true", "HX-Current-URL": "https://evil.test/<svg onload=alert(1)>"},
            {"HX-Request": "true", "HX-Prompt": "javascript:alert(1)", "HX-Boosted": "true"},
        ):
            answer = claire.get(address, headers=headers)
            assert answer.status_code == 200
            told = {name for name in answer.headers if name.lower().startswith("hx-")}
            assert not told
            assert b"evil" not in answer.content
            assert not dangers_of(read_page(answer.content))


def test_fault_61_a_name_given_by_a_file_is_text_before_it_is_shown(cast: Cast) -> None:
    apply_facts(
        cast.bakery,
        {"name": "<b>Au</b> Pain<script>alert(1)</script> &amp;lt;i&amp;gt;"},
        source=MERCHANT,
        by=BY,
        at=moment("2026-11-18 09:00"),
    )
    cast.bakery.refresh_from_db()
    assert "<" not in cast.bakery.name
    assert "alert" not in cast.bakery.name
    page = Client(SERVER_NAME="localhost").get(
        reverse("counter:still_right", args=[reminder_token(cast.bakery)])
    )
    assert not dangers_of(read_page(page.content))
