"""Signing in without a password: one flow for everybody, and what would break it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast

from chalandise.accounts.models import User
from chalandise.messaging.actions import forget_codes
from chalandise.messaging.models import Message

pytestmark = pytest.mark.django_db

SAFE = "/compte/securite/"


@pytest.fixture(autouse=True)
def landing(settings):
    settings.LOGIN_REDIRECT_URL = SAFE


def browser(**headers: str) -> Client:
    return Client(SERVER_NAME="localhost", headers=headers or None)


def ask(client: Client, email: str, **extra: str):
    return client.post(reverse("account_login"), {"email": email, "next": SAFE, **extra})


def last_code(email: str) -> str:
    text = Message.objects.filter(to=email).latest("pk").text
    return re.search(r"^(\d{6})$", text, re.MULTILINE)[1]


def enter(client: Client, email: str):
    ask(client, email)
    return client.post(
        reverse("account_confirm_login_code"), {"code": last_code(email), "next": SAFE}
    )


def test_a_code_by_email_signs_in(cast: Cast):
    client = browser()
    assert enter(client, "nadia@exemple.test").headers["Location"] == SAFE
    assert client.session["_auth_user_id"] == str(cast.nadia.pk)


def test_the_first_code_that_comes_back_makes_the_account(cast: Cast):
    client = browser()
    ask(client, "Nouvelle@Exemple.test")
    assert not User.objects.filter(email="nouvelle@exemple.test").exists()
    client.post(reverse("account_confirm_login_code"), {"code": last_code("nouvelle@exemple.test")})
    user = User.objects.get(email="nouvelle@exemple.test")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()


def test_a_code_typed_with_spaces_is_forgiven(cast: Cast):
    client = browser()
    ask(client, "nadia@exemple.test")
    code = last_code("nadia@exemple.test")
    response = client.post(
        reverse("account_confirm_login_code"), {"code": f" {code[:3]} {code[3:]} ", "next": SAFE}
    )
    assert response.status_code == 302


def test_nothing_tells_known_from_unknown_addresses_52(cast: Cast):
    """Same status, same page, same e-mail."""
    told = []
    for email in ("nadia@exemple.test", "personne@exemple.test"):
        client = browser()
        asked = ask(client, email)
        page = client.get(asked.headers["Location"])
        wrong = client.post(reverse("account_confirm_login_code"), {"code": "000000"})
        mail = Message.objects.get(to=email)
        shown = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())
        told.append(
            (
                asked.status_code,
                asked.headers["Location"],
                shown.replace(email, "…"),
                wrong.status_code,
                mail.template,
                re.sub(r"\d{6}", "…", mail.text),
            )
        )
    assert told[0] == told[1]


def test_asking_costs_the_same_for_known_and_unknown_52(cast: Cast):
    counts = []
    for email in ("nadia@exemple.test", "personne@exemple.test"):
        client = browser()
        ask(client, "quelqu-un@exemple.test")  # what a process reads once is read
        with CaptureQueriesContext(connection) as queries:
            ask(browser(), email)
        counts.append([query["sql"].split(" ")[0] for query in queries])
    assert counts[0] == counts[1]


def test_the_session_changes_its_key_at_sign_in_53(cast: Cast):
    client = browser()
    ask(client, "nadia@exemple.test")
    before = client.session.session_key
    client.post(reverse("account_confirm_login_code"), {"code": last_code("nadia@exemple.test")})
    assert before
    assert client.session.session_key != before
    assert not Client(SERVER_NAME="localhost").session.exists(before)


def test_five_wrong_codes_end_the_try_54(cast: Cast):
    client = browser()
    ask(client, "nadia@exemple.test")
    code = last_code("nadia@exemple.test")
    wrong = "111111" if code != "111111" else "222222"
    statuses = [
        client.post(reverse("account_confirm_login_code"), {"code": wrong}).status_code
        for _try in range(5)
    ]
    assert statuses == [422, 422, 422, 422, 302]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" not in client.session


def test_codes_are_limited_by_address_whatever_x_forwarded_for_says_54(cast: Cast):
    statuses = []
    for number in range(8):
        client = browser(x_forwarded_for=f"10.0.0.{number}")
        statuses.append(ask(client, "nadia@exemple.test").status_code)
    assert statuses == [302] * 6 + [422] * 2
    assert Message.objects.filter(to="nadia@exemple.test").count() == 6


def test_a_made_up_x_forwarded_for_does_not_lift_the_limit_of_a_connection_54(cast: Cast):
    statuses = []
    for number in range(42):
        client = browser(x_forwarded_for=f"10.0.{number}.1, 10.9.9.{number}")
        statuses.append(ask(client, f"cible{number}@exemple.test").status_code)
    assert statuses[39:] == [302, 422, 422]


def test_behind_one_proxy_the_last_hop_is_the_caller_54(cast: Cast, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    statuses = []
    for number in range(42):
        client = browser(x_forwarded_for=f"1.2.3.{number}, 203.0.113.{number % 2}")
        statuses.append(ask(client, f"cible{number}@exemple.test").status_code)
    assert set(statuses) == {302}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https:///evil.test",
        "http:evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\x00/evil.test",
        "\t//evil.test",
        "///evil.test",
        "https://localhost.evil.test/",
        "https://localhost@evil.test/",
        "ftp://localhost/",
        "%2F%2Fevil.test",
    ],
)
def test_signing_in_never_leads_elsewhere_67(cast: Cast, target: str):
    client = browser()
    asked = ask(client, "nadia@exemple.test", next=target)
    assert "evil" not in asked.headers["Location"]
    client.get(reverse("account_confirm_login_code"), {"next": target})
    response = client.post(
        reverse("account_confirm_login_code"),
        {"code": last_code("nadia@exemple.test"), "next": target},
    )
    assert "evil" not in response.headers["Location"]
    assert response.headers["Location"].startswith("/")


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "localhost@evil.test"])
def test_an_unknown_host_gets_no_mail_sent_60(cast: Cast, host: str):
    client = Client(SERVER_NAME=host)
    assert ask(client, "nadia@exemple.test").status_code == 400
    assert not Message.objects.exists()


def test_links_in_mails_name_the_portals_own_host_60(cast: Cast):
    client = browser(x_forwarded_host="evil.test")
    ask(client, "nadia@exemple.test")
    message = Message.objects.get()
    assert "evil" not in message.text + message.html + message.subject
    assert settings.PUBLIC_URL in message.text


def test_an_address_with_a_line_break_is_refused_76(cast: Cast):
    response = ask(browser(), "nadia@exemple.test\r\nBcc: tous@exemple.test")
    assert response.status_code == 422
    assert not Message.objects.exists()


def test_a_suspended_person_gets_no_further_than_the_page_that_says_so(cast: Cast):
    cast.nadia.is_active = False
    cast.nadia.save()
    client = browser()
    response = enter(client, "nadia@exemple.test")
    assert response.headers["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("account_inactive")).status_code == 200


def test_leaving_asks_first_and_ends_the_session(cast: Cast):
    client = browser()
    client.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"), {"next": SAFE})
    assert "_auth_user_id" not in client.session


def signed_in(user: User) -> Client:
    client = browser()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def codes_for_move(old: str, new: str) -> dict[str, str]:
    def code(email: str) -> str:
        message = Message.objects.filter(to=email, template="address_change_code").latest("pk")
        return message.subject.split(":")[0].split("\u202f")[0].strip()

    return {"old_code": code(old), "new_code": code(new)}


def test_moving_to_another_address_needs_both_letterboxes_57(cast: Cast):
    here, thief = signed_in(cast.nadia), signed_in(cast.nadia)
    here.post(reverse("account_email"), {"email": "Nadia.Cabas@exemple.test"})
    codes = codes_for_move("nadia@exemple.test", "nadia.cabas@exemple.test")
    swapped = {"old_code": codes["new_code"], "new_code": codes["old_code"]}
    assert here.post(reverse("account_email_codes"), swapped).status_code == 422
    cast.nadia.refresh_from_db()
    assert cast.nadia.email == "nadia@exemple.test"
    # a code belongs to the session that asked for it
    assert thief.post(reverse("account_email_codes"), codes).headers["Location"] == reverse(
        "account_email"
    )
    here.post(reverse("account_email_codes"), codes)
    cast.nadia.refresh_from_db()
    assert cast.nadia.email == "nadia.cabas@exemple.test"
    told = Message.objects.filter(template="security_notice").values_list("to", flat=True)
    assert set(told) == {"nadia@exemple.test", "nadia.cabas@exemple.test"}
    assert here.get(reverse("mfa_index")).status_code == 200
    assert thief.get(reverse("mfa_index")).status_code == 302  # other sessions died


def test_the_codes_of_a_move_open_once_58(cast: Cast):
    here = signed_in(cast.nadia)
    here.post(reverse("account_email"), {"email": "nouvelle@exemple.test"})
    codes = codes_for_move("nadia@exemple.test", "nouvelle@exemple.test")
    here.post(reverse("account_email_codes"), codes)
    again = here.post(reverse("account_email_codes"), codes)
    assert again.headers["Location"] == reverse("account_email")


def test_nobody_moves_to_the_address_of_somebody_else_57(cast: Cast):
    here = signed_in(cast.nadia)
    asked = here.post(reverse("account_email"), {"email": "claire@exemple.test"})
    assert asked.headers["Location"] == reverse("account_email_codes")  # says nothing of Claire
    codes = codes_for_move("nadia@exemple.test", "claire@exemple.test")
    here.post(reverse("account_email_codes"), codes)
    cast.nadia.refresh_from_db()
    assert cast.nadia.email == "nadia@exemple.test"


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "account_email",
        "account_logout",
    ],
)
def test_the_pages_of_security_stand(cast: Cast, name: str):
    enter(client := browser(), "nadia@exemple.test")
    assert client.get(reverse(name)).status_code == 200


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_passkey_is_a_key_and_not_a_second_lock(cast: Cast):
    Authenticator.objects.create(user=cast.nadia, type=Authenticator.Type.WEBAUTHN, data={})
    assert enter(browser(), "nadia@exemple.test").headers["Location"] == SAFE


def test_a_code_application_is_asked_after_the_code_by_email(cast: Cast):
    secret = generate_totp_secret()
    TOTP.activate(cast.nadia, secret)
    client = browser()
    response = enter(client, "nadia@exemple.test")
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert client.session["_auth_user_id"] == str(cast.nadia.pk)


def test_the_second_lock_guards_the_change_of_address_57(cast: Cast):
    TOTP.activate(cast.nadia, generate_totp_secret())
    response = signed_in(cast.nadia).get(reverse("account_email"))
    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))


@pytest.mark.django_db(transaction=True)
def test_adding_a_second_lock_is_told_by_email(transactional_db: None, cast: Cast):
    client = browser()
    enter(client, "nadia@exemple.test")
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert Authenticator.objects.filter(user=cast.nadia, type=Authenticator.Type.TOTP).exists()
    notices = Message.objects.filter(template="security_notice", to="nadia@exemple.test")
    assert notices.exists()


def test_mails_with_codes_are_forgotten_once_nothing_opens(cast: Cast, freeze):
    freeze("2026-11-18 10:30")
    ask(browser(), "nadia@exemple.test")
    assert forget_codes(at=freeze("2026-11-20 10:29")) == 0
    assert forget_codes(at=freeze("2026-11-20 10:31")) == 1
    assert not Message.objects.exists()
