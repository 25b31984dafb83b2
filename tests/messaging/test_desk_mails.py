"""What an operator's desk is told by e-mail: at once of a claim, once a day of all that waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.cast import Cast
from tests.factories import accounts, operations, portals

from chalandise.directory.actions.claims import request_claim
from chalandise.directory.actions.reports import report_error
from chalandise.directory.events import ClaimRequested
from chalandise.directory.models import Claim
from chalandise.directory.states import ClaimChannel, ReportKind
from chalandise.journal.states import Actor
from chalandise.messaging.desk_mails import send_digests, tell_desk_of_claim
from chalandise.messaging.models import Message
from chalandise.portals.states import StaffRole

MORNING = datetime(2026, 11, 18, 7, 40, tzinfo=ZoneInfo("Europe/Paris"))
DAY = timedelta(days=1)


def ask(cast: Cast, channel: ClaimChannel) -> Claim:
    claim = operations.claim(cast.bakery, user=cast.nadia, channel=channel, requested_at=MORNING)
    tell_desk_of_claim(ClaimRequested(claim.pk, "lot"))
    return claim


def readers(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to", flat=True))


def test_a_claim_by_telephone_is_told_at_once_and_once(cast: Cast) -> None:
    claim = ask(cast, ClaimChannel.PHONE)
    tell_desk_of_claim(ClaimRequested(claim.pk, "lot"))
    assert readers("desk_claim") == ["gilles@exemple.test", "helene@exemple.test"]
    message = Message.objects.filter(template="desk_claim").latest("pk")
    assert message.subject == "Au Pain de Chanvre : une demande vous attend"
    assert "attend votre appel" in message.text
    assert f"http://localhost:8000/console/demandes/{claim.pk}/" in message.text
    assert "nadia" not in message.text.lower()  # who asks is read in the console


def test_a_claim_by_letter_says_to_print_it(cast: Cast) -> None:
    ask(cast, ClaimChannel.LETTER)
    assert "imprimez-le" in Message.objects.filter(template="desk_claim").latest("pk").text


def test_a_code_by_e_mail_needs_nobody(cast: Cast) -> None:
    ask(cast, ClaimChannel.EMAIL)
    assert readers("desk_claim") == []
    assert send_digests(at=MORNING + timedelta(hours=1)) == 0


def test_a_disputed_sheet_is_told_whatever_way_was_asked(cast: Cast) -> None:
    by = Actor.person(cast.nadia)
    claim = request_claim(
        cast.bakery,
        portal=cast.lot,
        user=cast.nadia,
        channel=ClaimChannel.EMAIL,
        by=by,
        at=MORNING,
    )
    tell_desk_of_claim(ClaimRequested(claim.pk, "lot"))
    assert len(readers("desk_claim")) == 2


def test_a_sub_portal_with_people_of_its_own_is_told_itself(cast: Cast) -> None:
    local = accounts.user("Paul Grandcahors", email="paul@exemple.test")
    portals.staff(local, cast.cahors, StaffRole.AGENT)
    claim = operations.claim(cast.bakery, user=cast.nadia)
    tell_desk_of_claim(ClaimRequested(claim.pk, "grand-cahors"))
    assert readers("desk_claim") == ["paul@exemple.test"]


def test_an_editor_and_a_stranger_are_told_nothing(cast: Cast) -> None:
    editor = accounts.user("Éva Plume", email="eva@exemple.test")
    portals.staff(editor, cast.lot, StaffRole.EDITOR)
    ask(cast, ClaimChannel.PHONE)
    send_digests(at=MORNING + timedelta(hours=1))
    told = set(Message.objects.values_list("to", flat=True))
    assert told == {"gilles@exemple.test", "helene@exemple.test"}


def test_the_digest_leaves_once_a_day_and_only_when_something_is_new(cast: Cast) -> None:
    operations.report(cast.bakery, sent_at=MORNING - timedelta(hours=3))
    operations.report(cast.bookshop, sent_at=MORNING - timedelta(hours=2))
    operations.report(cast.foreign_shop, sent_at=MORNING - timedelta(hours=2))
    assert send_digests(at=MORNING) == 3  # two in the Lot, Odile next door
    assert send_digests(at=MORNING + timedelta(hours=2)) == 0
    assert send_digests(at=MORNING + DAY) == 0  # the same still wait: nobody is nagged
    operations.report(cast.bakery, sent_at=MORNING + DAY)
    assert send_digests(at=MORNING + 2 * DAY) == 2
    last = Message.objects.filter(template="desk_digest", to="gilles@exemple.test").latest("pk")
    assert last.subject == "Achat Lot : 1 nouveauté à regarder"
    assert "3 erreurs signalées attendent" in last.text
    assert "demande de gestion" not in last.text
    assert "http://localhost:8000/console/signalements/" in last.text
    odile = Message.objects.get(to="odile@exemple.test")
    assert "1 erreur signalée attend" in odile.text
    assert "http://voisin.test/console/" in odile.text


def test_a_report_told_by_a_visitor_reaches_the_next_digest(cast: Cast) -> None:
    report_error(
        cast.bakery,
        kind=ReportKind.HOURS,
        text="Fermé le lundi.",
        email="",
        client="203.0.113.1",
        by=Actor.guest("visitor"),
        at=MORNING,
    )
    assert send_digests(at=MORNING + timedelta(hours=1)) == 2


@pytest.mark.parametrize("count", [1, 12])
def test_a_digest_costs_the_same_whatever_waits(
    cast: Cast, count: int, django_assert_max_num_queries: object
) -> None:
    for _one in range(count):
        operations.report(cast.bakery, sent_at=MORNING - timedelta(hours=1))
    with django_assert_max_num_queries(48):  # type: ignore[operator]
        assert send_digests(at=MORNING) == 2
