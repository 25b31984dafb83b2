"""Races for attempts, letters, selections, runs and teams."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count

from django.core import mail
from tests.cast import Cast
from tests.factories import (
    accounts,
    market,
    operations,
)
from tests.factories import organisations as companies
from tests.factories.settlements import sale
from tests.faults.locking import Meeting, Race
from tests.faults.races.of_orders import ordered

from chalandise.editorial.actions import SelectionText, make_selection, pick
from chalandise.federation.actions.runs import alone_on
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import try_again
from chalandise.journal.states import Actor
from chalandise.messaging.actions import deliver
from chalandise.messaging.models import Message, PaperToTell
from chalandise.messaging.paper_mails import tell_of_documents
from chalandise.organisations.invitations import remove_member
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import Invoice

NOW = market.NOW
LATER = NOW + timedelta(hours=1)
BY = Actor.system("test")
_number = count(1)


def letters(_cast: Cast) -> Meeting:
    """Two workers look for letters to try again."""
    event = OutboxEvent.objects.create(kind="a.thing", payload={}, emitted_at=NOW)
    DeadLetter.objects.create(
        event=event, subscriber="gone", error="", failed_at=NOW, next_try_at=NOW
    )
    again = partial(try_again, at=NOW)
    return Meeting(again, again)


def picks(cast: Cast) -> Meeting:
    """Two editors put a shop at the end of an empty selection."""
    text = SelectionText(title=f"Noël {next(_number)}")
    selection = make_selection(cast.lot, text, by=BY, at=NOW)
    one, two = (
        partial(pick, selection, shop, by=BY, at=NOW) for shop in (cast.bakery, cast.bookshop)
    )
    return Meeting(one, two, lambda: list(selection.items.values_list("position", flat=True)))


def runs(cast: Cast) -> Meeting:
    """Two imports of one source begin."""
    source = operations.source(cast.lot)

    def work() -> str:
        with alone_on(source):
            return "alone"

    return Meeting(work, work)


def senders(cast: Cast) -> Meeting:
    """Two workers take one e-mail."""
    mail.outbox.clear()
    message = Message.objects.create(
        key=f"letter:{next(_number)}",
        portal=cast.lot,
        template="sign_in_code",
        to="nadia@exemple.test",
        subject="Bonjour",
        text="Bonjour",
        html="<p>Bonjour</p>",
        created_at=NOW,
    )
    send = partial(deliver, message.pk)
    return Meeting(send, send, lambda: len(mail.outbox))


def tellers(cast: Cast) -> Meeting:
    """Two workers tell of the documents of one order."""
    part = ordered(cast, pays="on_collection")
    told = sale(part.organisation, at=NOW, reference=part.number)
    record_sale(told, source=f"payment:{next(_number)}", at=NOW)
    invoice = Invoice.objects.get(reference__startswith=part.number)
    PaperToTell.objects.create(invoice=invoice, part=part, order=part.order, noted_at=NOW)
    tell_of = partial(tell_of_documents, at=LATER)
    return Meeting(tell_of, tell_of)


def owners(_cast: Cast) -> Meeting:
    """Two owners put each other out."""
    one, two = (
        accounts.user("Patron", email=f"patron{next(_number)}@exemple.test") for _person in range(2)
    )
    company = companies.organisation(one, two)
    of_one, of_two = (company.memberships.get(user=user) for user in (one, two))
    return Meeting(
        partial(remove_member, of_two, user=one, at=NOW),
        partial(remove_member, of_one, user=two, at=NOW),
        company.memberships.count,
    )


RACES: dict[str, Race] = {
    "editorial.actions.lock_selection": Race(picks, (None, None, [1, 2]), (None, None, [1, 1])),
    "federation.actions.runs.lock_source": Race(
        runs, ("alone", "ImportBusyError", None), ("alone", "alone", None), stands_in_lock=True
    ),
    "journal.outbox.lock_due_letter": Race(letters, (1, 0, None), (1, 1, None)),
    "messaging.paper_mails.lock_papers": Race(tellers, (1, 0, None), (1, 1, None)),
    "messaging.actions.lock_message": Race(
        senders, (None, None, 1), ("StaleStateError", None, 2), stands_in_lock=True
    ),
    "organisations.invitations.lock_organisation": Race(
        owners, (None, "NotFoundError", 1), (None, None, 0)
    ),
}
