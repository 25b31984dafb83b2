"""The merchant's screens, used as a merchant does: without script, on a small telephone."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory

from chalandise.accounts.models import User
from chalandise.directory.actions.reminding import remind_of_hours
from chalandise.directory.models import Claim, Establishment
from chalandise.directory.reminders import get_reminded, reminder_token
from chalandise.directory.states import Level, SourceKind
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.kernel.errors import NotFoundError
from chalandise.messaging.models import Message
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.states import ReservationState

pytestmark = pytest.mark.django_db

MONDAY = {"visit-0-0-from": "08:00", "visit-0-0-to": "12:30"}


def client_of(user: User | None) -> Client:
    client = Client(SERVER_NAME="localhost")
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, shop: Establishment, *more: object) -> str:
    return reverse(f"counter:{name}", args=[shop.slug, *more])


def test_hours_and_services_are_confirmed_in_one_screen(cast: Cast, freeze):
    now = freeze("2026-11-18 10:30")
    shop, client = cast.bakery, client_of(cast.claire)
    page = client.get(at("hours", shop)).content.decode()
    assert 'name="visit-1-0-from" value="08:00"' in page
    data = {**MONDAY, "visit-0-1-from": "15:00", "visit-0-1-to": "19:00", "services": ["pickup"]}
    assert client.post(at("hours", shop), data).status_code == 302
    shop.refresh_from_db()
    assert shop.hours.get().value == "Mo 08:00-12:30,15:00-19:00; PH off"
    assert (shop.services, shop.level) == (["pickup"], Level.CONFIRMED)
    assert shop.hours_verified_at == shop.services_verified_at == now
    assert shop.facts.get(field="hours:visit").source_kind == SourceKind.MERCHANT
    home = client.get(at("home", shop)).content.decode()
    assert "Merci" in home
    assert "Montrez votre boutique" in home  # the next step, and no other
    assert "Toujours exact" not in home


def test_a_day_that_cannot_be_read_loses_nothing(cast: Cast):
    shop, client = cast.bakery, client_of(cast.claire)
    before = shop.hours.get().value
    data = {
        **MONDAY,
        "visit-2-0-from": "neuf heures",
        "visit-2-0-to": "12:00",
        "visit-3-0-from": "09:00",
        "visit-3-0-to": "13:00",
        "visit-3-1-from": "12:00",
        "visit-3-1-to": "14:00",
        "services": ["delivery"],
    }
    response = client.post(at("hours", shop), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="neuf heures"' in page
    assert "se chevauchent" in page
    assert 'value="delivery" checked' in page
    assert shop.hours.get().value == before


def test_a_day_is_copied_without_script_and_without_saving(cast: Cast):
    shop, client = cast.bakery, client_of(cast.claire)
    before = shop.hours.get().value
    response = client.post(at("hours", shop), {**MONDAY, "copy": "visit:0:workdays"})
    page = response.content.decode()
    assert response.status_code == 200
    for day in range(5):
        assert f'name="visit-{day}-0-from" value="08:00"' in page
    assert 'name="visit-5-0-from" value=""' in page
    assert shop.hours.get().value == before


@pytest.mark.parametrize("copy", ["visit:9:all", "visit:0:never", "x", "visit:²:all", "visit::all"])
def test_a_made_up_copy_is_ignored(cast: Cast, copy: str):
    response = client_of(cast.claire).post(at("hours", cast.bakery), {**MONDAY, "copy": copy})
    assert response.status_code == 200


def test_seasonal_hours_are_kept_unless_the_merchant_lets_them_go(cast: Cast):
    shop, client = cast.bakery, client_of(cast.claire)
    seasonal = "Jul-Aug Mo-Su 09:00-19:00; Sep-Jun Tu-Sa 09:00-12:00"
    shop.hours.update(value=seasonal)
    assert "changent avec la saison" in client.get(at("hours", shop)).content.decode()
    shown = {
        f"visit-{day}-0-{side}": hour
        for day in range(1, 6)
        for side, hour in (("from", "09:00"), ("to", "12:00"))
    }
    response = client.post(at("hours", shop), {**shown, "keep-visit": "on"})
    assert response.status_code == 302
    assert shop.hours.get().value == seasonal
    response = client.post(at("hours", shop), {**shown, **MONDAY, "keep-visit": "on"})
    assert response.status_code == 422  # one of the two would be lost without a word
    assert shop.hours.get().value == seasonal
    client.post(at("hours", shop), MONDAY)
    assert shop.hours.get().value == "Mo 08:00-12:30; PH off"


def test_pickup_may_have_hours_of_its_own(cast: Cast):
    data = {**MONDAY, "collect-1-0-from": "17:00", "collect-1-0-to": "19:00"}
    client_of(cast.claire).post(at("hours", cast.bakery), data)
    values = dict(cast.bakery.hours.values_list("purpose", "value"))
    assert values == {"visit": "Mo 08:00-12:30; PH off", "collect": "Tu 17:00-19:00; PH off"}


def test_closing_today_takes_one_tap_from_the_first_page_and_one_to_reopen(cast: Cast, freeze):
    freeze("2026-11-18 10:30")
    shop, client = cast.bakery, client_of(cast.claire)
    client.post(at("closings", shop), {"day": "today"})
    client.post(at("closings", shop), {"day": "today"})
    closing = shop.closings.get()
    assert (closing.starts_on, closing.ends_on) == (date(2026, 11, 18), date(2026, 11, 18))
    assert "Rouvrir" in client.get(at("home", shop)).content.decode()
    client.post(at("reopen", shop, closing.pk), {"back": "home"})
    assert not shop.closings.exists()


def test_today_is_the_shops_own_day(cast: Cast, freeze):
    freeze("2026-11-18 23:30")
    cast.bakery.timezone = "Indian/Reunion"
    cast.bakery.save()
    client_of(cast.claire).post(at("closings", cast.bakery), {"day": "today"})
    assert cast.bakery.closings.get().starts_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [("2020-01-01", "2020-01-05"), ("2030-02-05", "2030-02-01"), ("2030-01-01", "2040-01-01")],
)
def test_dates_that_make_no_sense_are_said_and_kept(cast: Cast, starts_on: str, ends_on: str):
    data = {"starts_on": starts_on, "ends_on": ends_on, "reason": "congés"}
    response = client_of(cast.claire).post(at("closings", cast.bakery), data)
    assert response.status_code == 422
    assert starts_on in response.content.decode()
    assert not cast.bakery.closings.exists()


@pytest.mark.parametrize("who", ["idris", "nadia", "helene", "odile"])
def test_nobody_else_writes_on_a_sheet_45(cast: Cast, who: str):
    client = client_of(getattr(cast, who))
    posts = {
        "hours": MONDAY,
        "closings": {"day": "today"},
        "text": {"description": "volé"},
        "contact": {"phone": "0600000000"},
    }
    for name, data in posts.items():
        assert client.post(at(name, cast.bakery), data).status_code == 404
    cast.bakery.refresh_from_db()
    assert cast.bakery.description == ""
    assert cast.bakery.phone == "+33565000001"
    assert not cast.bakery.closings.exists()


def test_what_belongs_to_another_shop_of_the_address_is_not_found_45(cast: Cast):
    theirs = directory.establishment("Autre", organisation=cast.bookshop.organisation)
    closing = theirs.closings.create(starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 1))
    photo = theirs.photos.create(name="x", width=1, height=1)
    request = reservation(cast, shop=cast.bookshop)
    client = client_of(cast.claire)
    for address in (
        at("reopen", cast.bakery, closing.pk),
        at("photo", cast.bakery, photo.pk),
        at("reservation", cast.bakery, request.pk),
        at("ready", cast.bakery, request.pk),
        at("handed", cast.bakery, request.pk),
        at("picture", cast.bakery, request.pk),
    ):
        assert client.post(address, {"do": "remove"}).status_code == 404, address


def test_forms_reach_their_own_fields_only_48(cast: Cast):
    shop, client = cast.bakery, client_of(cast.claire)
    before = Establishment.objects.filter(pk=shop.pk).values().get()
    extra = {field.attname: "5" for field in Establishment._meta.concrete_fields}
    client.post(at("text", shop), {**extra, "description": "Du pain"})
    client.post(
        at("contact", shop),
        {**extra, "phone": "05 65 00 00 01", "email": "", "website": "", "order_url": ""},
    )
    client.post(at("hours", shop), {**extra, **MONDAY, "services": ["pickup", "admin"]})
    after = Establishment.objects.filter(pk=shop.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {
        "description",
        "email",
        "services",
        "level",
        "hours_verified_at",
        "services_verified_at",
        "updated_at",
    }


PAYLOADS = [
    "<script>alert(1)</script>Pain",
    "<img src=https://espion.test/x.gif onerror=alert(1)>Pain",
    '<a href="javascript:alert(1)">Pain</a>',
    '<a href="data:text/html,x">Pain</a>',
    "<svg onload=alert(1)>Pain</svg>",
    '<p hx-get="/x" style="position:fixed">Pain</p>',
    "</script><script>alert(1)//Pain",
    "<iframe src=//espion.test></iframe>Pain",
    "<form action=//espion.test><button>Pain",
    "<!--><script>alert(1)</script-->Pain",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_presentation_holds_words_and_nothing_that_runs_61_65(cast: Cast, payload: str):
    client = client_of(cast.claire)
    client.post(at("text", cast.bakery), {"description": payload})
    cast.bakery.refresh_from_db()
    kept = cast.bakery.description.lower()
    for danger in (
        "<script",
        "<img",
        "javascript:",
        "data:",
        "onload",
        "onerror",
        "hx-",
        "style",
        "<iframe",
        "<form",
        "<svg",
        "espion",
    ):
        assert danger not in kept
    assert "alert(1)" not in client.get(at("sheet", cast.bakery)).content.decode().lower()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_and_a_closing_are_inert_on_every_screen_61(cast: Cast, payload: str):
    shop = cast.bakery
    Establishment.objects.filter(pk=shop.pk).update(name=payload[:150])
    shop.closings.create(starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 2), reason=payload)
    request = reservation(cast, text=payload, customer_name=payload)
    client = client_of(cast.claire)
    for address in (
        at("home", shop),
        at("hours", shop),
        at("closings", shop),
        at("sheet", shop),
        at("reservations", shop),
        at("reservation", shop, request.pk),
        reverse("counter:still_right", args=[reminder_token(shop)]),
    ):
        page = client.get(address).content.decode()
        assert payload not in page, address


def test_line_breaks_come_back_as_they_were_typed(cast: Cast):
    client = client_of(cast.claire)
    client.post(
        at("text", cast.bakery), {"description": "Du pain.\n\nEt des tartes\naux noix & 5 < 6."}
    )
    page = client.get(at("text", cast.bakery)).content.decode()
    assert "Du pain.\n\nEt des tartes\naux noix &amp; 5 &lt; 6.</textarea>" in page


def test_contact_details_are_tidied_and_refused_kindly(cast: Cast):
    client = client_of(cast.claire)
    data = {
        "phone": "05.65.00.00.02",
        "website": "www.pain.test/carte",
        "order_url": "",
        "email": "",
    }
    data["website"] = "www.pain-de-chanvre.fr/carte"
    client.post(at("contact", cast.bakery), data)
    cast.bakery.refresh_from_db()
    assert cast.bakery.phone == "+33565000002"
    assert cast.bakery.website.endswith("www.pain-de-chanvre.fr/carte")
    bad = {**data, "phone": "12", "website": "javascript:alert(1)", "email": "claire@"}
    response = client.post(at("contact", cast.bakery), bad)
    assert response.status_code == 422
    assert 'value="claire@"' in response.content.decode()
    cast.bakery.refresh_from_db()
    assert cast.bakery.phone == "+33565000002"


def test_an_email_is_never_shown_to_visitors(cast: Cast):
    page = client_of(None).get(reverse("counter:claim", args=[cast.bakery.slug])).content.decode()
    assert "claire@exemple.test" not in page


def reservation(
    cast: Cast, shop: Establishment | None = None, **fields: object
) -> ReservationRequest:
    values = {
        "establishment": shop or cast.bakery,
        "portal": cast.lot,
        "customer_name": "Nadia",
        "customer_email": "nadia@exemple.test",
        "text": "Deux pains de campagne",
        "wanted_at": moment("2030-01-05 10:00"),
        "expires_at": moment("2030-01-05 10:00"),
        **fields,
    }
    return ReservationRequest.objects.create(**values)


def test_a_request_goes_from_yes_to_handed_over(cast: Cast):
    shop, client = cast.bakery, client_of(cast.claire)
    one = reservation(cast)
    assert "Deux pains de campagne" in client.get(at("home", shop)).content.decode()
    asked = client.get(at("reservation", shop, one.pk)).content.decode()
    assert "en attente de votre réponse" in asked
    assert "en attente du commerçant" not in asked
    client.post(
        at("reservation", shop, one.pk), {"do": "yes", "price": "7,50", "answer": "Avec joie"}
    )
    one.refresh_from_db()
    assert (one.state, one.price_cents) == (ReservationState.ACCEPTED, 750)
    client.post(at("ready", shop, one.pk))
    wrong = client.post(at("hand_over", shop), {"code": "XXXX"})
    assert wrong.status_code == 422
    client.post(at("hand_over", shop), {"code": one.pickup_code.lower()})
    one.refresh_from_db()
    assert one.state == ReservationState.COLLECTED
    again = client.post(at("ready", shop, one.pk))  # the button of a page left open
    assert again.status_code == 302
    assert Entry.objects.filter(actor_label="Claire Fournil").exists()


def test_pickup_codes_cannot_be_tried_for_ever_54(cast: Cast):
    client = client_of(cast.claire)
    for _try in range(20):
        client.post(at("hand_over", cast.bakery), {"code": "XXXX"})
    page = client.post(at("hand_over", cast.bakery), {"code": "XXXX"}).content.decode()
    assert "Trop d’essais" in page


def test_the_first_page_costs_the_same_with_three_requests_or_thirty(
    cast: Cast, django_assert_max_num_queries
):
    client = client_of(cast.claire)
    for _number in range(3):
        reservation(cast)
    client.get(at("home", cast.bakery))
    with django_assert_max_num_queries(16):
        client.get(at("home", cast.bakery))
    for _number in range(27):
        reservation(cast)
    with django_assert_max_num_queries(16):
        client.get(at("home", cast.bakery))


@pytest.mark.parametrize("has_email", [True, False])
def test_claiming_by_email_answers_the_same_with_or_without_an_address_52(
    cast: Cast, has_email: bool
):
    shop = directory.establishment(
        "Fleurs", slug="fleurs", email="fleurs@exemple.test" if has_email else ""
    )
    client = client_of(cast.nadia)
    asked = client.post(reverse("counter:claim", args=[shop.slug]), {"channel": "email"})
    assert asked.headers["Location"] == reverse("counter:claim_code", args=[shop.slug])
    page = client.get(asked.headers["Location"])
    assert "Si une adresse e-mail figure au dossier" in page.content.decode()
    assert "fleurs@exemple.test" not in page.content.decode()
    wrong = client.post(reverse("counter:claim_code", args=[shop.slug]), {"code": "XXXX XXXX"})
    assert wrong.status_code == 422


def test_claiming_asks_a_visitor_to_sign_in_first_and_only_then(cast: Cast):
    shop = directory.establishment("Fleurs", slug="fleurs")
    address = reverse("counter:claim", args=[shop.slug])
    assert client_of(None).get(address).status_code == 200
    asked = client_of(None).post(address, {"channel": "email"})
    assert asked.headers["Location"].startswith(reverse("account_login"))
    assert client_of(cast.nadia).post(address, {"channel": "phone"}).status_code == 404


def test_the_way_chosen_before_signing_in_needs_no_second_press(cast: Cast):
    shop = directory.establishment("Fleurs", slug="fleurs")
    address = reverse("counter:claim", args=[shop.slug])
    visitor = client_of(None)
    asked = visitor.post(address, {"channel": "letter"})
    assert not Claim.objects.exists()
    visitor.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    back = parse_qs(urlsplit(asked.headers["Location"]).query)["next"][0]
    page = visitor.get(back)
    assert "Votre lettre part bientôt" in page.content.decode()
    assert Claim.objects.get().user == cast.nadia
    assert "Votre lettre part bientôt" not in visitor.get(back).content.decode()  # once
    assert Claim.objects.count() == 1


def test_a_way_chosen_for_another_shop_or_too_long_ago_asks_for_nothing(cast: Cast, freeze):
    freeze("2026-11-18 09:00")
    shop, other = (directory.establishment(name, slug=name.lower()) for name in ("Un", "Deux"))
    visitor = client_of(None)
    visitor.post(reverse("counter:claim", args=[shop.slug]), {"channel": "letter"})
    visitor.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    visitor.get(reverse("counter:claim", args=[other.slug]))
    assert not Claim.objects.exists()
    late = client_of(None)
    late.post(reverse("counter:claim", args=[shop.slug]), {"channel": "letter"})
    freeze("2026-11-18 09:31")
    late.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    late.get(reverse("counter:claim", args=[shop.slug]))
    assert not Claim.objects.exists()


def test_a_sheet_of_another_portal_cannot_be_claimed_here_46(cast: Cast):
    for name in ("claim", "claim_code"):
        address = reverse(f"counter:{name}", args=[cast.foreign_shop.slug])
        assert client_of(cast.nadia).get(address).status_code == 404


def test_the_reminder_confirms_when_pressed_and_not_when_looked_at(cast: Cast, freeze):
    shop = cast.bakery
    Establishment.objects.filter(pk=shop.pk).update(hours_verified_at=moment("2026-05-01 09:00"))
    now = freeze("2026-11-18 10:30")
    assert remind_of_hours(at=now) == 1
    assert remind_of_hours(at=now) == 0
    rows = list(OutboxEvent.objects.filter(kind="directory.reminder_due"))
    dispatch([*rows, *rows])
    message = Message.objects.get()
    assert message.to == "claire@exemple.test"
    link = next(line for line in message.text.split() if "/toujours-exact/" in line)
    path = link[link.index("/comptoir/") :]
    visitor = client_of(None)
    for _scan in range(3):  # what mail scanners do
        assert visitor.get(path).status_code == 200
        assert visitor.head(path).status_code == 200
    shop.refresh_from_db()
    assert shop.hours_verified_at == moment("2026-05-01 09:00")
    assert "Merci" in visitor.post(path).content.decode()
    shop.refresh_from_db()
    assert shop.hours_verified_at == now
    assert visitor.post(path).status_code == 404  # opens once (fault 58)


def test_who_claimed_and_never_confirmed_is_asked_four_months_after_the_claim() -> None:
    in_july, in_september = moment("2026-07-10 09:00"), moment("2026-09-10 09:00")
    shown = directory.establishment(claimed_at=in_july)
    directory.establishment(claimed_at=in_july, hours="")  # there is nothing to confirm
    directory.establishment(claimed_at=in_july, hours_verified_at=in_september)
    directory.establishment()  # there is nobody to ask

    def asked() -> list[int]:
        told = OutboxEvent.objects.filter(kind="directory.reminder_due")
        return [one.payload["establishment_id"] for one in told]

    assert remind_of_hours(at=moment("2026-11-06 09:00")) == 0
    assert remind_of_hours(at=moment("2026-11-08 09:00")) == 1
    assert asked() == [shown.pk]
    assert remind_of_hours(at=moment("2026-12-08 09:00")) == 0


def test_a_reminders_link_cannot_be_made_up_58(cast: Cast):
    token = reminder_token(cast.bakery)
    for made_up in (token[:-1] + "x", "x", token.replace(":", "."), ""):
        with pytest.raises(NotFoundError):
            get_reminded(made_up)


def test_a_person_without_shop_is_shown_the_way(cast: Cast):
    page = client_of(cast.nadia).get(reverse("counter:shops")).content.decode()
    assert "Retrouver ma fiche" in page
    assert client_of(cast.claire).get(reverse("counter:shops")).status_code == 302


def test_who_looks_after_two_shops_goes_from_one_to_the_other(cast: Cast) -> None:
    client = client_of(cast.claire)
    assert "Changer de lieu" not in client.get(at("home", cast.bakery)).content.decode()
    Establishment.objects.filter(pk=cast.bookshop.pk).update(claimed_at=cast.bakery.claimed_at)
    assert cast.bookshop.organisation is not None
    cast.bookshop.organisation.memberships.create(user=cast.claire)
    assert "Changer de lieu" in client.get(at("home", cast.bakery)).content.decode()
    assert cast.bookshop.name in client.get(reverse("counter:shops")).content.decode()
