"""« Mettez-le-moi de côté », from the customer's side."""

import io
import re
from datetime import datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.cast import Cast

from chalandise.directory.models import ExceptionalClosing
from chalandise.directory.photos import find_private_picture
from chalandise.journal.states import Actor
from chalandise.ordering.actions.reservations import accept_reservation, hand_over, mark_ready
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.states import ReservationState

ASK = "/commerces/au-pain-de-chanvre-cahors/mettre-de-cote/"
NOW = "2026-11-18 10:10"  # a Wednesday; the bakery is open until 12:30
CLAIRE = Actor("merchant", "1", "Claire")


def said(**changes: object) -> dict[str, object]:
    return {
        "text": "Deux pains de seigle, tranchés",
        "wanted_at": "2026-11-18T11:30:00+01:00",
        "name": "Nadia",
        "email": "nadia@exemple.test",
        "phone": "05 65 00 00 02",
        **changes,
    }


def ask(client: Client, **changes: object) -> ReservationRequest:
    response = client.post(ASK, said(**changes))
    assert response.status_code == 302, response.content.decode()
    return ReservationRequest.objects.latest("pk")


def test_only_times_when_somebody_is_there_are_proposed(cast: Cast, client: Client, freeze) -> None:
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on="2026-11-19", ends_on="2026-11-19"
    )
    freeze(NOW)
    page = client.get(ASK).content.decode()
    times = re.findall(r'<option value="(2026[^"]+)"', page)
    assert times[:4] == [
        "2026-11-18T11:00:00+01:00",
        "2026-11-18T11:30:00+01:00",
        "2026-11-18T12:00:00+01:00",
        "2026-11-18T15:00:00+01:00",
    ]
    assert not [one for one in times if one.startswith(("2026-11-19", "2026-11-23"))]
    assert 'label="Mercredi 18\xa0novembre"' in page


def test_a_guest_asks_and_follows_by_a_private_link(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    one = ask(client)
    assert (one.customer_phone, one.portal, one.user) == ("+33565000002", cast.lot, None)
    response = client.get(f"/reservation/{one.token}/")
    page = response.content.decode()
    assert "Votre demande est partie" in page
    assert "Deux pains de seigle, tranchés" in page
    assert "mercredi 18\xa0novembre" in page
    assert "11\u202fh\u202f30" in page
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_no_page_of_a_reservation_speaks_of_order_or_payment(
    cast: Cast, client: Client, freeze
) -> None:
    freeze(NOW)
    pages = [client.get(ASK).content.decode()]
    one = ask(client)
    pages.append(client.get(f"/reservation/{one.token}/").content.decode())
    for page in pages:
        main = page.split("<main", 1)[1].split("</main>")[0].lower()
        assert "commande" not in main
        assert "panier" not in main
        assert "acheter" not in main


def test_the_page_follows_until_the_thing_is_collected(cast: Cast, client: Client, freeze) -> None:
    at = freeze(NOW)
    one = ask(client)
    address = f"/reservation/{one.token}/"
    accept_reservation(one, by=CLAIRE, at=at, price_cents=780, answer="Avec plaisir")
    page = client.get(address).content.decode()
    assert "Le commerce dit oui" in page
    assert "7,80\u202f€" in page.replace("\xa0", "\u202f")
    assert "Avec plaisir" in page
    assert f'translate="no">{one.pickup_code}<' in page
    mark_ready(one, by=CLAIRE, at=at)
    assert "on vous attend" in client.get(address).content.decode()
    hand_over(one, by=CLAIRE, at=at, code=one.pickup_code)
    page = client.get(address).content.decode()
    assert "entre vos mains" in page
    assert "J’ai changé d’avis" not in page


def test_changing_ones_mind_takes_one_button_and_costs_nothing(
    cast: Cast, client: Client, freeze
) -> None:
    freeze(NOW)
    one = ask(client)
    assert client.get(f"/reservation/{one.token}/annuler/").status_code == 405
    client.post(f"/reservation/{one.token}/annuler/")
    one.refresh_from_db()
    assert one.state == ReservationState.CANCELLED
    again = client.post(f"/reservation/{one.token}/annuler/", follow=True)
    assert "Vous avez annulé" in again.content.decode()


def test_a_time_that_has_become_closed_is_refused_with_the_nearest(
    cast: Cast, client: Client, freeze
) -> None:
    freeze(NOW)
    form = client.get(ASK).context["form"]
    assert form.fields["wanted_at"].choices
    cast.bakery.hours.update(value="Tu-Sa 15:00-19:00")
    response = client.post(ASK, said())
    assert response.status_code == 422
    assert not ReservationRequest.objects.exists()
    assert "Deux pains de seigle" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "   "),
        ("text", "a" * 1001),
        ("name", ""),
        ("name", "a" * 81),
        ("email", "nadia@"),
        ("email", "nadia@exemple.test\nBcc: tous@exemple.test"),
        ("phone", "12"),
        ("wanted_at", "2026-11-18T03:00:00+01:00"),
        ("wanted_at", "jamais"),
        ("wanted_at", ""),
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field_and_nothing_is_lost(
    cast: Cast, client: Client, freeze, field: str, value: str
) -> None:
    freeze(NOW)
    response = client.post(ASK, said(**{field: value}))
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert not ReservationRequest.objects.exists()
    assert not mail.outbox


def test_nobody_chooses_what_only_the_shop_decides(cast: Cast, client: Client, freeze) -> None:
    """Fault 48: fields that the form does not have are not listened to."""
    freeze(NOW)
    one = ask(client, state="ready", price_cents="1", pickup_code="AAAA", portal="99", user="1")
    assert (one.state, one.price_cents, one.pickup_code) == ("requested", None, "")
    assert one.portal == cast.lot


def test_a_picture_is_stored_away_from_the_public(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "peru").save(picture, "JPEG")
    picture.seek(0)
    picture.name = "pain.jpg"
    one = ask(client, photo=picture)
    assert find_private_picture(one.photo_name) is not None
    assert client.get(f"/media/photos/{one.photo_name}-960.webp").status_code == 404
    client.force_login(cast.claire)
    address = reverse("counter:picture", args=[cast.bakery.slug, one.pk])
    for asked, kind in (("image/avif,image/webp,*/*", "avif"), ("image/webp,*/*", "webp")):
        shown = client.get(address, headers={"accept": asked})
        assert (shown["Content-Type"], shown["Cache-Control"]) == (
            f"image/{kind}",
            "private, no-store",
        )
        assert shown.getvalue()  # which closes the file too


def test_a_file_that_is_no_picture_is_refused_kindly(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    script = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    script.name = "pain.jpg"
    response = client.post(ASK, said(photo=script))
    assert response.status_code == 422
    assert "pas une image que nous sachions lire" in response.content.decode()
    assert not ReservationRequest.objects.exists()


def test_asking_again_and_again_meets_a_pause(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    codes = [client.post(ASK, said()).status_code for _time in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    assert ReservationRequest.objects.count() == 3


def test_a_signed_in_person_finds_her_requests(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    client.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(ASK).content.decode()
    assert 'value="nadia@exemple.test"' in page
    one = ask(client)
    assert one.user == cast.nadia
    mine = client.get("/compte/").content.decode()
    assert f"/reservation/{one.token}/" in mine
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    assert one.token not in client.get("/compte/").content.decode()


def test_an_expired_request_says_that_nothing_is_due(cast: Cast, client: Client, freeze) -> None:
    freeze(NOW)
    one = ask(client)
    ReservationRequest.objects.update(state=ReservationState.EXPIRED)
    page = client.get(f"/reservation/{one.token}/").content.decode()
    assert "Vous ne devez rien" in page
    assert "Redemander" in page


def test_the_hour_that_comes_twice_in_october_is_told_apart(
    cast: Cast, client: Client, freeze
) -> None:
    cast.bakery.hours.update(value="Mo-Su 00:00-24:00")
    freeze("2026-10-24 23:00")
    page = client.get(ASK).content.decode()
    assert "2\u202fh\u202f30 (heure d’hiver)" in page
    times = re.findall(r'<option value="(2026[^"]+)"', page)
    assert len(times) == len(set(times))
    assert sorted(times, key=lambda text: datetime.fromisoformat(text).timestamp()) == times


def test_a_link_that_nobody_was_given_opens_nothing(cast: Cast, client: Client) -> None:
    assert client.get("/reservation/introuvable/").status_code == 404
