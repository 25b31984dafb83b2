"""The demonstration's own pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests.cast import Cast
from tests.factories import accounts
from tests.factories.bank import DISPUTED, pay, session

from chalandise.bank.models import BankCharge, BankEvent
from chalandise.messaging.models import Message
from chalandise.web.demo import ROLES

here = pytest.mark.urls("tests.web.demo_site")


@here
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.email)
def test_each_role_enters_by_one_press(client: Client, cast: Cast, role) -> None:  # type: ignore[no-untyped-def]
    accounts.user("Quelqu’un", email=role.email, is_staff=True, is_superuser=True)
    page = client.get("/demo/")
    assert role.email in page.content.decode()
    answer = client.post("/demo/entrer/", {"email": role.email})
    assert answer.status_code == 302
    assert client.get(answer["Location"], follow=True).status_code == 200


@here
def test_nobody_else_may_be_entered_as(client: Client, cast: Cast) -> None:
    assert client.post("/demo/entrer/", {"email": cast.gilles.email}).status_code == 404
    assert "sessionid" not in client.cookies


@here
def test_a_form_opened_as_a_page_says_so_to_a_browser(client: Client, cast: Cast) -> None:
    answer = client.get("/demo/entrer/", headers={"accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Rien n’a été changé" in answer.content.decode()
    assert client.get("/demo/entrer/").content == b""


@here
def test_a_letter_is_shown_without_its_scripts(client: Client, cast: Cast) -> None:
    letter = Message.objects.create(
        key="k",
        template="t",
        to="nadia@exemple.test",
        subject="C’est prêt",
        text="bonjour",
        html="<html><head></head><p>bonjour</p><script>alert(1)</script>",
        created_at=datetime.now(tz=UTC),
    )
    assert "C’est prêt" in client.get("/demo/courriels/").content.decode()
    around = client.get(f"/demo/courriels/{letter.pk}/")
    assert "sandbox=" in around.content.decode()
    assert "frame-src 'self'" in around["Content-Security-Policy"]
    framed = client.get(f"/demo/courriels/{letter.pk}/page/")
    assert '<base target="_top">' in framed.content.decode()
    policy = framed["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy


@here
@pytest.mark.parametrize(("side", "end"), [("merchant", "won"), ("cardholder", "lost")])
def test_a_dispute_is_decided_at_the_desk_of_the_bank_once(
    client: Client, cast: Cast, side: str, end: str
) -> None:
    assert "0259" in client.get("/demo/banque/").content.decode()
    pay(session(1000), DISPUTED)
    charge = BankCharge.objects.get()
    assert "La boutique a raison" in client.get("/demo/banque/").content.decode()
    for _twice in range(2):
        client.post(f"/demo/banque/{charge.reference}/", {"for": side})
    charge.refresh_from_db()
    assert charge.dispute_end == end
    assert BankEvent.objects.filter(kind="charge.dispute_closed").count() == 1
    assert "La boutique a raison" not in client.get("/demo/banque/").content.decode()


def test_without_the_demonstration_none_of_this_exists(client: Client, cast: Cast) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/entrer/", {"email": ROLES[0].email}).status_code == 404
    assert client.get("/demo/banque/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:enter")
