"""Input nobody should send: hostile text, numbers, questions that cost too much (76, 77, 80 to 82)."""

from __future__ import annotations

from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import Message as Mail
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from tests.architecture.test_urls import OURS
from tests.architecture.url_policy import RULES
from tests.cast import Cast
from tests.clock import PARIS, moment
from tests.factories.ordering import reservation

from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.models import Establishment
from chalandise.directory.sources import MERCHANT
from chalandise.directory.values import PostalAddress
from chalandise.journal.states import Actor
from chalandise.messaging import actions as messaging
from chalandise.messaging.models import Message
from chalandise.messaging.subscribers import tell_about_reservation
from chalandise.ordering.events import ReservationMoved
from chalandise.ordering.models import ReservationRequest

BACKEND = "django.contrib.auth.backends.ModelBackend"
BY = Actor("merchant", "1", "Claire")
HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\u202egnp.exe",
    "\u200b\u200d\ufeff",
    "' OR '1'='1' --",
    "'; DROP TABLE directory_establishment; --",
    "%s%n{0}{{7*7}}{% debug %}${7*7}<%= 7*7 %>",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: a=b\r\n\r\n<script>",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "١٢٣",
    "é" * 9000,
    "🥖" * 2000,
    "\U0010ffff",
    "[]",
    "[$ne]",
    '{"a":1}',
    "(a+)+$" * 40,
    "*" * 500,
    '"' * 301,
    "title:[* TO *] AND _exists_:x",
]


FIELDS = [
    "q",
    "place",
    "near",
    "territory",
    "category",
    "service",
    "open",
    "sort",
    "cursor",
    "bbox",
    "zoom",
    "limit",
    "radius",
    "page",
    "list",
    "do",
    "text",
    "email",
    "name",
    "code",
    "channel",
    "kind",
    "phone",
    "website",
    "description",
    "price",
    "answer",
    "starts_on",
    "ends_on",
    "reason",
    "day",
    "copy",
    "services",
    "alternative_text",
    "visit-0-0-from",
    "visit-0-0-to",
    "wanted_at",
    "portal",
    "establishment",
    "add",
    "where",
    "drop",
    "save",
    "role",
    "slug",
    "host",
    "brand_colour",
    "state",
    "decision",
    "title",
    "introduction",
    "note",
    "position",
    "field",
    "synonyms",
]
ROUNDS = 2
QUOTED = {value: quote_plus(value) for value in HOSTILE}  # the long ones take their time


@pytest.mark.parametrize("method", ["get", "post"])
def test_fault_81_no_address_breaks_whatever_it_is_given(cast: Cast, method: str) -> None:
    """Every address, hostile values in every parameter, by people who may: never a 5xx."""
    broken = []
    tried = 0
    people = {who: Client(SERVER_NAME="localhost") for who in ("claire", "gilles")}
    for who, client in people.items():
        client.force_login(getattr(cast, who), backend=BACKEND)
        client.raise_request_exception = False
    for name in OURS:
        rule = RULES[name]
        who = "gilles" if "gilles" in rule.may else "claire"
        extra = [rule.make(cast)] if rule.make else []
        address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
        fields = [*FIELDS, *rule.data(cast, *extra)]
        for number in range(ROUNDS):
            data = {
                field: HOSTILE[(place * 7 + number * 6 + tried) % len(HOSTILE)]
                for place, field in enumerate(fields)
            }
            asked = "&".join(f"{quote_plus(field)}={QUOTED[data[field]]}" for field in data)
            answer = (
                people[who].get(f"{address}?{asked}")
                if method == "get"
                else people[who].post(address, data)
            )
            tried += 1
            if answer.status_code >= 500:
                broken.append(f"{method} {name} {data}")
    assert not broken, broken
    assert tried > 400


@pytest.mark.parametrize(
    "tail", ["%00", "9" * 30, "9" * 5000, "%F0%9F%A5%96", "%ff%fe", "-1", "1e3"]
)
def test_fault_81_an_odd_end_of_an_address_is_not_found(
    cast: Cast, sign_in: Callable[..., Client], tail: str
) -> None:
    claire = sign_in(cast.claire)
    for beginning in (
        "/commerces/",
        "/categories/",
        "/selections/",
        "/reservation/",
        "/media/photos/",
        "/comptoir/",
        f"/comptoir/{cast.bakery.slug}/demandes/",
        f"/comptoir/{cast.bakery.slug}/fiche/photos/",
        "/comptoir/toujours-exact/",
        "/theme/",
        "/t/",
        "/api/v1/establishments/",
        "/console/commerces/",
    ):
        answer = claire.get(f"{beginning}{tail}/")
        assert answer.status_code in {404, 405}, beginning
    assert claire.get(f"/plan-des-commerces-{tail}.xml").status_code == 404


def test_fault_76_names_of_portals_and_people_make_no_header(
    cast: Cast, freeze: Callable[[str], Any]
) -> None:
    """Line ends, direction marks and ten thousand letters in everything a header repeats."""
    at = freeze("2026-11-18 09:00")
    nasty = 'Moi"<a@b.test>,\r\nBcc: tous@exemple.test\r\n\u202e\u200b'
    cast.lot.name = "Lot\r\nBcc: a@b.test\u202e"
    cast.lot.save()
    cast.bakery.name = nasty
    cast.bakery.save()
    asked = reservation(cast.bakery, cast.lot, at=at, wanted_at=moment("2026-11-18 17:30"))
    ReservationRequest.objects.filter(pk=asked.pk).update(customer_name=nasty)
    tell_about_reservation(ReservationMoved(asked.pk, "requested"))
    messages = list(Message.objects.all())
    assert len(messages) == 2
    for message in messages:
        built = _built(message)
        assert set(built.keys()) & {"Bcc", "Cc"} == set()
        assert built["To"] in {"nadia@exemple.test", "claire@exemple.test"}
        for header in ("Subject", "From", "Reply-To"):
            value = str(make_header(decode_header(str(built[header] or ""))))
            assert not set(value) & set("\r\n\u202e\u200b"), header
            assert len(value) < 300


def _built(message: Message) -> Mail:
    email: EmailMultiAlternatives = messaging._as_email(message)
    return email.message()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Bou\u200blan\u200dgerie", "Boulangerie"),
        ("\u202eeiregnaluoB", "eiregnaluoB"),
        ("\ufeffBoulangerie\u2066", "Boulangerie"),
        ("Boulangerie\u00ad", "Boulangerie"),
        ("Cafe\u0301", "Café"),
        ("A\u0000B", "A B"),
        ("\ue000Boulangerie\udbff"[:-1], "Boulangerie"),
    ],
)
def test_fault_77_a_name_wears_no_disguise(cast: Cast, typed: str, kept: str) -> None:
    apply_facts(cast.bakery, {"name": typed}, source=MERCHANT, by=BY, at=moment("2026-11-18 09:00"))
    cast.bakery.refresh_from_db()
    assert cast.bakery.name.replace(" ", "") == kept.replace(" ", "")


def test_fault_77_an_address_of_a_page_is_plain_and_its_own(cast: Cast) -> None:
    """Look-alike names never share an address, and never take one that is taken."""
    slugs = []
    for name in (
        "Au Pain de Chanvre",
        "Au Pаin de Chаnvre",
        "ΑU PΑΙΝ",
        "面包店",
        "🥖",
        "Œuf-à-l’œil",
    ):
        facts = {
            "name": f"{name} 1",
            "category": cast.bakery.category,
            "address": PostalAddress("1 rue du Marché", "46000", cast.bakery.commune),
        }
        made = apply_facts(None, facts, source=MERCHANT, by=BY, at=moment("2026-11-18 09:00"))
        slugs.append(made.establishment.slug)
    assert len(set(slugs)) == len(slugs)
    assert cast.bakery.slug not in slugs
    assert all(slug.isascii() and slug == slug.lower() and slug.strip("-") for slug in slugs)


def test_fault_77_a_look_alike_address_is_another_person(cast: Cast, client: Client) -> None:
    for email in ("clаire@exemple.test", "claire@exemple\u3002test", "claire@exem\u200bple.test"):
        client.post(reverse("account_login"), {"email": email})
    assert not Message.objects.filter(to="claire@exemple.test").exists()
    for email in ("CLAIRE@exemple.test", " Claire@Exemple.TEST "):
        Client(SERVER_NAME="localhost").post(reverse("account_login"), {"email": email})
    assert Message.objects.filter(to="claire@exemple.test").count() == 2


def test_fault_81_a_form_of_blanks_and_lies_keeps_nothing(
    cast: Cast, freeze: Callable[[str], Any]
) -> None:
    freeze("2026-11-18 09:00")
    wished = moment("2026-11-18 17:30").astimezone(PARIS).isoformat()
    good = {"text": "Pain", "wanted_at": wished, "name": "N", "email": "n@exemple.test"}
    lies = [
        {"text": "   "},
        {"text": "\x00"},
        {"text": "x" * 1001},
        {"wanted_at": "2026-11-18T03:00:00+01:00"},
        {"wanted_at": "2025-11-18T17:30:00+01:00"},
        {"wanted_at": "n'importe quand"},
        {"wanted_at": "2026-11-18T17:30:00"},
        {"name": "\x00"},
        {"name": "x" * 81},
        {"email": "n@exemple.test\r\nBcc: a@b.test"},
        {"email": "pas une adresse"},
        {"phone": "12"},
        {"phone": "x" * 99},
    ]
    client = Client(SERVER_NAME="localhost")
    for lie in lies:
        answer = client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", {**good, **lie})
        assert answer.status_code == 422, lie
        assert "Pain" in answer.content.decode() or "text" in lie  # what was typed is not lost
    assert not ReservationRequest.objects.exists()
    assert not Message.objects.exists()


def test_fault_80_telephones_are_read_as_people_write_them(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    claire = sign_in(cast.claire)
    address = f"/comptoir/{cast.bakery.slug}/fiche/contact/"
    shop = Establishment.objects.filter(pk=cast.bakery.pk)
    for typed, kept in (
        ("05 65 00 00 02", "+33565000002"),
        ("05.65.00.00.02", "+33565000002"),
        ("+33 (0)5 65 00 00 02", "+33565000002"),
        ("0033565000002", "+33565000002"),
        ("565000002", "+33565000002"),
        ("05 65 00 00", None),
        ("٠٥٦٥٠٠٠٠٠٢", "+33565000002"),
        ("05 65 00 00 02 ; DROP", "+33565000002"),
    ):
        shop.update(phone="+33565000099")
        answer = claire.post(address, {"phone": typed})
        assert answer.status_code == (302 if kept else 422), typed
        assert shop.get().phone == (kept or "+33565000099"), typed
