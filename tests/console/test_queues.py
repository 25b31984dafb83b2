"""What waits is decided: pairs, reports, claims, letters, e-mails; and once only."""

import io
from collections.abc import Callable

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import directory, operations

from chalandise.accounts.models import User
from chalandise.directory.models import Claim, ErrorReport, Establishment
from chalandise.directory.states import ClaimChannel, ClaimState, ReportState
from chalandise.federation.models import Match
from chalandise.federation.states import MatchState
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState
from chalandise.web import freshness

Sit = Callable[[User], Client]


def deliver_events() -> None:
    """Let what the actions announced reach whoever listens."""
    dispatch(list(OutboxEvent.objects.order_by("pk")))


def test_the_home_page_counts_what_waits(at_desk: Sit, cast: Cast) -> None:
    operations.claim(cast.bakery)
    operations.claim(cast.foreign_shop)
    operations.match(cast.bakery, cast.lot)
    operations.report(cast.bakery)
    operations.mail(cast.lot)
    context = at_desk(cast.helene).get("/console/").context
    assert [tile.count for tile in context["waiting"]] == [1, 1, 1, 0, 1, 0, 0, 0]
    assert context["figures"].shown_count == 2


def test_the_same_place_takes_what_it_did_not_know_and_the_next_pair_appears(
    at_desk: Sit, cast: Cast
) -> None:
    first = operations.match(cast.bakery, cast.lot)
    second = operations.match(cast.bookshop, cast.lot, name="Livre d’Olt")
    address = reverse("console:decide_match", args=[first.pk])
    response = at_desk(cast.helene).post(address, {"verdict": "same"})
    assert response["Location"] == reverse("console:match", args=[second.pk])
    assert Match.objects.get(pk=first.pk).state == MatchState.MERGED
    shop = Establishment.objects.get(pk=cast.bakery.pk)
    assert shop.website == "https://pain.exemple.test/"
    assert Match.objects.get(pk=first.pk).decided_by == "Hélène Standard"


def test_two_places_make_two_sheets_and_the_queue_ends_kindly(at_desk: Sit, cast: Cast) -> None:
    pair = operations.match(cast.bakery, cast.lot, name="Pain d’Ailleurs")
    address = reverse("console:decide_match", args=[pair.pk])
    page = at_desk(cast.helene).post(address, {"verdict": "other"}, follow=True)
    assert "Rien à trancher" in page.content.decode()
    assert Establishment.objects.filter(name="Pain d’Ailleurs").exists()


def test_a_pair_is_decided_once(at_desk: Sit, cast: Cast) -> None:
    pair = operations.match(cast.bakery, cast.lot)
    address = reverse("console:decide_match", args=[pair.pk])
    at_desk(cast.helene).post(address, {"verdict": "same"})
    page = at_desk(cast.gilles).post(address, {"verdict": "other"}, follow=True)
    assert "déjà" in page.content.decode()
    assert Match.objects.get(pk=pair.pk).state == MatchState.MERGED
    assert at_desk(cast.gilles).post(address, {"verdict": "maybe"}).status_code == 400


def test_a_corrected_error_is_answered_in_the_name_of_the_portal(at_desk: Sit, cast: Cast) -> None:
    report = operations.report(cast.bakery)
    address = reverse("console:report", args=[report.pk])
    data = {"outcome": "fixed", "answer": "Merci, c’est bien le mardi."}
    at_desk(cast.helene).post(address, data)
    handled = ErrorReport.objects.get(pk=report.pk)
    assert (handled.state, handled.handled_by) == (ReportState.FIXED, "Hélène Standard")
    deliver_events()
    mail = Message.objects.get(template="report_answered")
    assert mail.to == "visiteur@exemple.test"
    assert mail.sender_name == "Achat Lot"
    assert "c’est corrigé" in mail.subject
    assert "Merci, c’est bien le mardi." in mail.text


def test_a_report_without_address_is_closed_without_e_mail(at_desk: Sit, cast: Cast) -> None:
    report = operations.report(cast.bakery, email="")
    address = reverse("console:report", args=[report.pk])
    at_desk(cast.helene).post(address, {"outcome": "dismissed", "answer": ""})
    deliver_events()
    assert ErrorReport.objects.get(pk=report.pk).state == ReportState.DISMISSED
    assert not Message.objects.exists()


def test_a_report_is_handled_once(at_desk: Sit, cast: Cast) -> None:
    report = operations.report(cast.bakery)
    address = reverse("console:report", args=[report.pk])
    at_desk(cast.helene).post(address, {"outcome": "fixed"})
    page = at_desk(cast.gilles).post(address, {"outcome": "dismissed"}, follow=True)
    assert "déjà traité" in page.content.decode()
    assert ErrorReport.objects.get(pk=report.pk).state == ReportState.FIXED


def test_a_claim_is_accepted_and_both_names_are_kept(at_desk: Sit, cast: Cast) -> None:
    shop = directory.establishment("Chez Nadia")
    claim = operations.claim(shop, user=cast.nadia)
    address = reverse("console:claim", args=[claim.pk])
    at_desk(cast.helene).post(address, {"decision": "accept", "reason": "vu au marché"})
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.ACCEPTED
    shop.refresh_from_db()
    assert shop.claimed_at is not None
    assert shop.organisation is not None
    assert cast.nadia in shop.organisation.members.all()
    entry = Entry.objects.get(verb="claim_accepted")
    assert (entry.actor_label, entry.behalf_of) == ("Hélène Standard", "Nadia Cabas")
    assert entry.detail["reason"] == "vu au marché"


def test_a_refused_claim_hands_nothing_over(at_desk: Sit, cast: Cast) -> None:
    shop = directory.establishment("Chez Nadia")
    claim = operations.claim(shop, user=cast.nadia)
    address = reverse("console:claim", args=[claim.pk])
    at_desk(cast.helene).post(address, {"decision": "refuse", "reason": "inconnue au numéro"})
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.REFUSED
    shop.refresh_from_db()
    assert shop.claimed_at is None
    page = at_desk(cast.gilles).post(address, {"decision": "accept"}, follow=True)
    assert "déjà tranché" in page.content.decode()


def test_by_telephone_the_sheet_is_handed_over_during_the_call(at_desk: Sit, cast: Cast) -> None:
    shop = directory.establishment("Chez Nadia")
    address = reverse("console:claim_by_phone", args=[shop.pk])
    data = {"name": "Nadia Cabas", "email": "nadia@exemple.test", "is_checked": "on"}
    assert at_desk(cast.helene).post(address, data).status_code == 302
    shop.refresh_from_db()
    assert shop.organisation is not None
    assert cast.nadia in shop.organisation.members.all()


def test_an_unchecked_voice_gets_nothing(at_desk: Sit, cast: Cast) -> None:
    shop = directory.establishment("Chez Nadia")
    address = reverse("console:claim_by_phone", args=[shop.pk])
    data = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
    assert at_desk(cast.helene).post(address, data).status_code == 422
    shop.refresh_from_db()
    assert shop.claimed_at is None


def test_a_sheet_that_is_looked_after_is_not_handed_to_another_voice(
    at_desk: Sit, cast: Cast
) -> None:
    address = reverse("console:claim_by_phone", args=[cast.bakery.pk])
    data = {"name": "Nadia Cabas", "email": "nadia@exemple.test", "is_checked": "on"}
    response = at_desk(cast.helene).post(address, data)
    assert response.status_code == 422
    assert "Quelqu’un d’autre s’occupe déjà" in response.content.decode()
    assert cast.bakery.organisation is not None
    assert cast.nadia not in cast.bakery.organisation.members.all()


def test_the_letters_that_wait_are_printed_in_one_file_once(at_desk: Sit, cast: Cast) -> None:
    for name in ("Chez Un", "Chez Deux"):
        operations.claim(
            directory.establishment(name), user=cast.nadia, channel=ClaimChannel.LETTER
        )
    helene = at_desk(cast.helene)
    printed = helene.post(reverse("console:letters"))
    assert printed["Content-Type"] == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(printed.content)).pages) == 2
    again = helene.post(reverse("console:letters"), follow=True)
    assert "Aucun courrier n’attend" in again.content.decode()


def test_a_letter_invites_a_merchant_who_asked_for_nothing(at_desk: Sit, cast: Cast) -> None:
    shop = directory.establishment("Chez Trois")
    printed = at_desk(cast.helene).post(reverse("console:letter", args=[shop.pk]))
    assert printed["Content-Disposition"].startswith("attachment")
    assert printed.content.startswith(b"%PDF")
    assert Claim.objects.get(establishment=shop).channel == ClaimChannel.LETTER


def test_no_letter_goes_to_a_sheet_that_is_looked_after(at_desk: Sit, cast: Cast) -> None:
    response = at_desk(cast.helene).post(reverse("console:letter", args=[cast.bakery.pk]))
    assert response.status_code == 302
    assert not Claim.objects.exists()


def test_an_e_mail_given_up_leaves_again_once(at_desk: Sit, cast: Cast) -> None:
    mail = operations.mail(cast.cahors)
    address = reverse("console:send_mail_again", args=[mail.pk])
    at_desk(cast.helene).post(address)
    assert Message.objects.get(pk=mail.pk).state == MessageState.QUEUED
    page = at_desk(cast.helene).post(address, follow=True)
    assert "déjà en route" in page.content.decode()


@pytest.mark.parametrize(
    ("route", "make"),
    [
        ("establishments", lambda cast: directory.establishment()),
        ("claims", lambda cast: operations.claim(directory.establishment())),
        ("matches", lambda cast: operations.match(directory.establishment(), cast.lot)),
        ("reports", lambda cast: operations.report(directory.establishment())),
        ("mails", lambda cast: operations.mail(cast.lot)),
        ("events", lambda cast: operations.dead_letter(cast.bakery, cast.lot)),
        ("imports", lambda cast: operations.run(cast.lot)),
        ("selections", lambda cast: operations.selection(cast.lot, cast.bakery)),
        ("home", lambda cast: operations.claim(directory.establishment())),
    ],
)
def test_a_list_costs_the_same_whatever_its_length(
    at_desk: Sit,
    cast: Cast,
    route: str,
    make: Callable[[Cast], object],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    gilles = at_desk(cast.gilles)
    gilles.get("/console/")  # what a process reads once
    costs = []
    for more in (2, 18):
        for _number in range(more):
            make(cast)
        freshness.forget()
        with django_assert_max_num_queries(40) as queries:  # type: ignore[attr-defined]
            assert gilles.get(reverse(f"console:{route}")).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
