"""Reasons, complaints and the yearly report (DSA, articles 15, 17, 20 and 24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import catalogue, operations

from chalandise.accounts.models import User
from chalandise.catalogue.actions.sellers import hold_seller
from chalandise.directory.actions.decisions import CONTESTED_WITHIN
from chalandise.directory.models import Decision, ErrorReport
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]
REASON = "La boutique vend des produits interdits."


def hide(at_desk: Sit, cast: Cast, **said: str) -> None:
    address = reverse("console:move_establishment", args=[cast.bakery.pk])
    sent = {"to": "hidden", "reason": REASON, "ground": "law"} | said
    at_desk(cast.helene).post(address, sent)


def tell() -> None:
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind__startswith="directory.").order_by("pk")))


def link(decision: Decision) -> str:
    return reverse("storefront:decision", args=[decision.token])


def test_a_merchant_whose_sheet_is_hidden_receives_the_reasons(at_desk: Sit, cast: Cast) -> None:
    hide(at_desk, cast)
    tell()
    found = Decision.objects.get()
    [letter] = Message.objects.filter(template="decision_taken")
    assert letter.to == cast.claire.email
    for text in (letter.text, letter.html):
        assert REASON in text
        assert "la loi" in text
        assert "Aucun moyen automatisé" in text
        assert link(found) in text


@pytest.mark.parametrize("lacks", ["reason", "ground"])
def test_nothing_of_a_merchant_is_hidden_without_reasons(
    at_desk: Sit, cast: Cast, lacks: str
) -> None:
    hide(at_desk, cast, **{lacks: ""})
    cast.bakery.refresh_from_db()
    assert cast.bakery.status == "published"
    assert not Decision.objects.exists()


def test_a_decision_is_contested_once_and_answered_with_reasons(
    at_desk: Sit, client: Client, cast: Cast
) -> None:
    hide(at_desk, cast)
    found = Decision.objects.get()
    assert "Contester" in client.get(link(found)).content.decode()
    assert client.post(link(found), {"complaint": ""}).status_code == 422
    said = {"complaint": "C’était un pot de confiture.", "email": "claire@exemple.test"}
    client.post(link(found), said)
    client.post(link(found), {**said, "complaint": "Encore moi."})
    found.refresh_from_db()
    assert found.complaint == "C’était un pot de confiture."
    desk = at_desk(cast.helene)
    assert "pot de confiture" in desk.get(reverse("console:complaints")).content.decode()
    page = reverse("console:complaint", args=[found.pk])
    assert desk.post(page, {"outcome": "reversed", "answer": ""}).status_code == 422
    desk.post(page, {"outcome": "reversed", "answer": "Vous avez raison."})
    tell()
    [letter] = Message.objects.filter(template="complaint_answered")
    assert letter.to == "claire@exemple.test"
    assert "Vous avez raison." in letter.text
    assert "pot de confiture" not in desk.get(reverse("console:complaints")).content.decode()


def test_after_six_months_it_is_no_longer_contested_here(
    at_desk: Sit, client: Client, cast: Cast
) -> None:
    hide(at_desk, cast)
    long_ago = timezone.now() - CONTESTED_WITHIN - timedelta(days=1)
    Decision.objects.update(decided_at=long_ago)
    found = Decision.objects.get()
    client.post(link(found), {"complaint": "Trop tard.", "email": "claire@exemple.test"})
    found.refresh_from_db()
    assert found.contested_at is None


def test_who_sent_a_notice_can_contest_its_answer(at_desk: Sit, cast: Cast) -> None:
    report = operations.report(cast.bakery, email="voisin@exemple.test")
    page = reverse("console:report", args=[report.pk])
    at_desk(cast.helene).post(page, {"outcome": "dismissed", "answer": "Tout est exact."})
    tell()
    found = Decision.objects.get()
    assert (found.kind, found.report_id) == ("dismissed", report.pk)
    [letter] = Message.objects.filter(template="report_answered")
    assert link(found) in letter.text
    assert not Message.objects.filter(template="decision_taken").exists()


def test_the_yearly_report_counts_what_happened(at_desk: Sit, cast: Cast) -> None:
    at = timezone.now()
    hide(at_desk, cast)
    for outcome in ("fixed", "dismissed"):
        report = operations.report(cast.bookshop)
        page = reverse("console:report", args=[report.pk])
        at_desk(cast.helene).post(page, {"outcome": outcome})
    ErrorReport.objects.update(sent_at=at - timedelta(hours=3), handled_at=at)
    operations.report(cast.bookshop)
    assert cast.bookshop.organisation is not None
    catalogue.seller(cast.bookshop.organisation)
    hold_seller(cast.bookshop.organisation, reason="dac7", by=Actor.system("tests"), at=at)
    year = timezone.localdate().year
    desk = at_desk(cast.helene)
    assert "Rapport" in desk.get(reverse("console:dsa"), {"year": str(year)}).content.decode()
    file = desk.get(reverse("console:dsa_file", args=[year])).content.decode("utf-8-sig")
    told = {line.split(";")[1]: line.split(";")[2] for line in file.splitlines()}
    assert told["Signalements reçus"] == "3"
    assert told["Signalements suivis d’une action"] == "1"
    assert told["Signalements sans suite"] == "1"
    assert told["Délai médian de traitement d’un signalement"] == "3 h"
    assert told["Fiches masquées par l’opérateur, motifs envoyés"] == "1"
    assert told["Vendeurs suspendus"] == "1"
    assert desk.get(reverse("console:dsa_file", args=[1999])).status_code == 404


def test_another_desk_counts_its_own(cast: Cast) -> None:
    operations.report(cast.bookshop)
    odile = Client(SERVER_NAME=cast.elsewhere.host or "localhost")
    odile.force_login(cast.odile, backend="django.contrib.auth.backends.ModelBackend")
    year = timezone.localdate().year
    file = odile.get(reverse("console:dsa_file", args=[year])).content.decode("utf-8-sig")
    assert "Signalements reçus;0" in file


@pytest.mark.parametrize("many", [2, 8])
def test_the_report_and_the_queue_cost_the_same_whatever_happened(
    at_desk: Sit, cast: Cast, many: int, django_assert_max_num_queries: Any
) -> None:
    at = timezone.now()
    for _number in range(many):
        operations.report(cast.bookshop, state="fixed", handled_at=at)
        Decision.objects.create(
            portal=cast.lot,
            establishment=cast.bakery,
            kind="hidden",
            decided_at=at,
            contested_at=at,
            complaint="Non.",
        )
    desk = at_desk(cast.helene)
    desk.get(reverse("console:dsa"))
    with django_assert_max_num_queries(30):
        desk.get(reverse("console:dsa"))
    with django_assert_max_num_queries(18):
        desk.get(reverse("console:complaints"))
