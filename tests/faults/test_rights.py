"""Who may do what: one's own things, one's own fields, and nothing by guessing (45, 48 to 51)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.test import Client
from tests.cast import Cast
from tests.clock import PARIS, moment
from tests.factories import organisations
from tests.factories.ordering import reservation
from tests.faults.pages import body_of
from tests.faults.scene import a_request

from chalandise.accounts.models import User
from chalandise.directory.models import (
    Claim,
    ErrorReport,
    Establishment,
    ExceptionalClosing,
    Photo,
)
from chalandise.directory.photos import private_folder
from chalandise.ordering.models import ReservationRequest


def test_fault_45_a_merchant_reads_and_writes_nothing_of_another(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    """Idris, a merchant too, asks for each object of Claire under her address and under his own."""
    private_folder().mkdir(parents=True)
    (private_folder() / "secret-960.webp").write_bytes(b"CANARI-SECRET")
    asked = a_request(cast, photo_name="secret", pickup_code="CXYZ", state="accepted")
    closing = ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 2)
    )
    photo = Photo.objects.create(establishment=cast.bakery, name="x", width=9, height=9)
    before = _everything(cast)
    idris, visitor = sign_in(cast.idris), Client(SERVER_NAME="localhost")
    for slug in (cast.bakery.slug, cast.bookshop.slug):
        objects = {
            f"demandes/{asked.pk}/": {"do": "no", "answer": "volé"},
            f"demandes/{asked.pk}/prete/": {},
            f"demandes/{asked.pk}/remise/": {},
            f"demandes/{asked.pk}/photo/": {},
            f"fermetures/{closing.pk}/rouvrir/": {},
            f"fiche/photos/{photo.pk}/": {"do": "remove"},
        }
        for path, data in objects.items():
            address = f"/comptoir/{slug}/{path}"
            for headers in ({}, {"HX-Request": "true"}):
                for response in (
                    idris.get(address, headers=headers),
                    idris.post(address, data, headers=headers),
                ):
                    assert response.status_code in {404, 405}, address
                    assert b"CANARI" not in body_of(response)
                assert visitor.post(address, data).status_code == 302
    for path in (
        "",
        "demandes/",
        "remettre/",
        "horaires/",
        "fermetures/",
        "fiche/",
        "fiche/texte/",
    ):
        assert idris.get(f"/comptoir/{cast.bakery.slug}/{path}").status_code == 404
        assert idris.post(f"/comptoir/{cast.bakery.slug}/{path}").status_code == 404
    typed = idris.post(f"/comptoir/{cast.bookshop.slug}/remettre/", {"code": "CXYZ"})
    assert typed.status_code == 422  # her code opens nothing at his counter
    assert _everything(cast) == before
    assert b"CANARI-SECRET" in body_of(
        sign_in(cast.claire).get(f"/comptoir/{cast.bakery.slug}/demandes/{asked.pk}/photo/")
    )


def _everything(cast: Cast) -> list[Any]:
    return [
        list(ReservationRequest.objects.values()),
        list(ExceptionalClosing.objects.values()),
        list(Photo.objects.values()),
        list(Establishment.objects.order_by("pk").values()),
    ]


def test_fault_45_a_photograph_sent_to_a_merchant_is_served_by_no_public_address(
    cast: Cast, client: Client
) -> None:
    private_folder().mkdir(parents=True)
    (private_folder() / "secret-960.webp").write_bytes(b"CANARI-SECRET")
    for name in (
        "photos/secret-960.webp",
        "private/photos/secret-960.webp",
        "photos/../private/photos/secret-960.webp",
        "photos/%2e%2e/private/photos/secret-960.webp",
        "../private/photos/secret-960.webp",
        "photos//etc/passwd",
        "photos/secret-960.webp%00.jpg",
        "photos/.incoming-x/secret-960.webp",
    ):
        response = client.get(f"/media/{name}")
        assert response.status_code == 404, name


def test_fault_45_a_former_member_finds_the_counter_shut(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    claire = sign_in(cast.claire)
    assert claire.get(f"/comptoir/{cast.bakery.slug}/").status_code == 200
    cast.claire.memberships.all().delete()
    assert claire.get(f"/comptoir/{cast.bakery.slug}/").status_code == 404
    organisations.organisation(cast.claire)
    assert claire.get(f"/comptoir/{cast.bakery.slug}/").status_code == 404
    User.objects.filter(pk=cast.idris.pk).update(is_active=False)
    idris = sign_in(cast.idris)
    assert idris.get(f"/comptoir/{cast.bookshop.slug}/").status_code == 302


def hostile_fields() -> dict[str, str]:
    """Every field of every table of ours, each with a value that would do harm."""
    harm: dict[str, str] = {}
    for model in apps.get_models():
        if not model.__module__.startswith("chalandise."):
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.Field):
                continue
            value = "1"
            if isinstance(field, models.CharField | models.TextField):
                value = "closed" if field.name in {"status", "state"} else "CANARI-MASS"
            if isinstance(field, models.DateTimeField):
                value = "2031-01-01T00:00"
            for name in {field.name, field.attname}:
                harm[name] = value
    return harm | {"is_superuser": "1", "role": "administrator", "level": "6", "pk": "1"}


def test_fault_48_a_form_changes_its_own_fields_and_no_other(
    cast: Cast, sign_in: Callable[..., Client], freeze: Callable[[str], Any], settings: Any
) -> None:
    at = freeze("2026-11-18 10:30")
    asked = reservation(cast.bakery, cast.lot, at=at, wanted_at=moment("2026-11-18 17:00"))
    harm = hostile_fields()
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2 * len(harm)  # the limit is another fault's
    assert len(harm) > 90
    photo = Photo.objects.create(establishment=cast.bakery, name="x", width=9, height=9)
    slug = cast.bakery.slug
    claire, visitor = sign_in(cast.claire), Client(SERVER_NAME="localhost")
    wished = moment("2026-11-18 17:30").astimezone(PARIS).isoformat()
    writes: list[tuple[Client, str, dict[str, str], set[str]]] = [
        (claire, f"/comptoir/{slug}/fiche/texte/", {"description": "Bonjour"}, {"description"}),
        (
            claire,
            f"/comptoir/{slug}/fiche/contact/",
            {"phone": "05 65 00 00 02", "website": "", "order_url": "", "email": "c@exemple.test"},
            {"phone", "website", "order_url", "email"},
        ),
        (
            visitor,
            f"/commerces/{slug}/mettre-de-cote/",
            {"text": "x", "wanted_at": wished, "name": "N", "email": "n@exemple.test", "phone": ""},
            set(),
        ),
        (claire, f"/comptoir/{slug}/fermetures/", {"day": "today"}, set()),
        (claire, f"/comptoir/{slug}/demandes/{asked.pk}/", {"do": "yes", "price": "4,20"}, set()),
        (claire, f"/comptoir/{slug}/fiche/photos/{photo.pk}/", {"do": "first"}, set()),
        (visitor, f"/commerces/{slug}/signaler/", {"kind": "hours", "email": ""}, set()),
        (claire, f"/comptoir/reprendre/{cast.bookshop.slug}/", {"channel": "letter"}, set()),
    ]
    for client, address, own, fields in writes:
        before = _row(cast.bakery)
        response = client.post(address, {**harm, **own})
        is_claim = "/reprendre/" in address  # accepted too, and says that the desk will call
        assert response.status_code == (200 if is_claim else 302), address
        after = _row(cast.bakery)
        moved = {name for name in before if before[name] != after[name]}
        free = {"updated_at", "hours_verified_at", "services_verified_at", "level"}
        assert moved <= fields | free, (address, moved)
    for model in (Establishment, ReservationRequest, ErrorReport, Claim):
        for row in model.objects.values():
            typed = {"text", "answer", "customer_name", "reason"}
            assert not [
                name for name, value in row.items() if value == "CANARI-MASS" and name not in typed
            ]
    made = ReservationRequest.objects.latest("pk")
    assert (made.state, made.portal_id, made.price_cents, made.user_id) == (
        "requested",
        cast.lot.pk,
        None,
        None,
    )
    assert ErrorReport.objects.get().state == "open"
    assert Claim.objects.get(establishment=cast.bookshop).state == "pending"
    asked.refresh_from_db()
    assert (asked.state, asked.price_cents, asked.customer_name) == ("accepted", 420, "Nadia")
    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.filter(is_staff=True).count() == 3
    assert cast.claire.memberships.count() == 1


def _row(shop: Establishment) -> dict[str, Any]:
    return Establishment.objects.filter(pk=shop.pk).values().get()


def test_fault_48_the_api_refuses_what_it_does_not_know(cast: Cast, client: Client) -> None:
    known = {"portal", "q", "category", "territory", "service", "label", "open", "open_at", "near"}
    known |= {"radius", "bbox", "sort", "limit", "cursor", "facets", "zoom"}
    for name in sorted(set(hostile_fields()) - known)[:40]:
        response = client.get("/api/v1/establishments", {name: "1"})
        assert response.status_code == 422, name
        assert json.loads(response.content)["code"]


def test_fault_51_a_request_is_found_by_its_secret_and_by_nothing_else(
    cast: Cast, client: Client, sign_in: Callable[..., Client]
) -> None:
    asked = [a_request(cast, pickup_code="") for _number in range(3)]
    tokens = [one.token for one in asked]
    assert len({*tokens}) == 3
    assert all(len(token) >= 32 for token in tokens)
    guesses = [
        *(str(one.pk) for one in asked),
        tokens[0][:-1],
        tokens[0] + "A",
        tokens[0].swapcase(),
        tokens[0][:-1] + ("-" if tokens[0].endswith("_") else "_"),
        "nadia@exemple.test",
        "%",
        "_" * 32,
        "%00",
        tokens[0] + "%00",
        "'%20OR%20'1'='1",
        "..%2f" + tokens[0],
        "x" * 5000,
    ]
    for guess in guesses:
        for who in (client, sign_in(cast.idris)):
            response = who.get(f"/reservation/{guess}/")
            assert response.status_code == 404, guess
            assert b"CANARI-SECRET" not in response.content
            assert who.post(f"/reservation/{guess}/annuler/").status_code == 404
    assert set(ReservationRequest.objects.values_list("state", flat=True)) == {"requested"}
    opened = client.get(f"/reservation/{tokens[0]}/")
    assert b"CANARI-SECRET" in opened.content
    assert opened.headers["Referrer-Policy"] == "same-origin"  # no other site learns the secret
