"""What waits on an operator's desk: claims, doubtful pairs, reports, runs, mails, selections."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from django.utils import timezone
from tests.factories.orders import order_at
from tests.factories.payments import merchant_account

from chalandise.directory.models import Claim, Decision, ErrorReport, Establishment
from chalandise.directory.states import ClaimChannel, ReportKind, SourceKind
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.federation.models import ImportRun, Match, Source, SourceRecord
from chalandise.federation.states import RunState, SourceFormat
from chalandise.journal.actions import emit
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState
from chalandise.ordering.events import RefundDue
from chalandise.ordering.numbers import new_order_number
from chalandise.payments.models import Discrepancy, MerchantAccount, Payment
from chalandise.payments.states import DiscrepancyKind, PaymentState
from chalandise.portals.models import Portal

_number = count(1)


def claim(establishment: Establishment, **fields: object) -> Claim:
    """Somebody asks to look after a sheet."""
    number = next(_number)
    values: dict[str, object] = {
        "claimant_name": f"Personne {number}",
        "claimant_email": f"demande{number}@exemple.test",
        "channel": ClaimChannel.PHONE,
        "expires_at": timezone.now() + timedelta(days=30),
        **fields,
    }
    return Claim.objects.create(establishment=establishment, **values)


def report(establishment: Establishment, **fields: object) -> ErrorReport:
    """A visitor says that something is wrong."""
    values: dict[str, object] = {
        "kind": ReportKind.HOURS,
        "text": "Fermé le mardi, et non le lundi.",
        "email": "visiteur@exemple.test",
        **fields,
    }
    return ErrorReport.objects.create(establishment=establishment, **values)


def source(portal: Portal, **fields: object) -> Source:
    """A file of the commune."""
    values: dict[str, object] = {
        "key": f"fichier-{next(_number)}",
        "name": "Fichier de la mairie",
        "format": SourceFormat.CSV,
        "kind": SourceKind.LOCAL_FILE,
        **fields,
    }
    return Source.objects.create(portal=portal, **values)


def match(establishment: Establishment, portal: Portal, **facts: object) -> Match:
    """A record that may speak of an establishment."""
    record = SourceRecord.objects.create(
        source=source(portal),
        external_id=f"ligne-{next(_number)}",
        content={
            "facts": {
                "name": "Pain de Chanvre",
                "street": "1 rue du Marché",
                "postal_code": "46000",
                "city": "Cahors",
                "commune_code": "46042",
                "category_key": "boulangerie",
                "website": "https://pain.exemple.test/",
                **facts,
            },
            "raw": {},
        },
        content_digest="x",
    )
    return Match.objects.create(record=record, establishment=establishment, score=0.82)


def run(portal: Portal, **fields: object) -> ImportRun:
    """One reading of a file."""
    values: dict[str, object] = {
        "state": RunState.DONE,
        "file_name": "commerces.csv",
        "file_digest": "x",
        "mark": 12,
        "summary": {"read": 12, "created": 10, "refused": 2, "refusals": {"no_name": 2}},
        **fields,
    }
    return ImportRun.objects.create(source=source(portal), **values)


def waiting_run(portal: Portal) -> ImportRun:
    """A reading that would remove too much and asks."""
    return run(portal, state=RunState.WAITING)


def dead_letter(establishment: Establishment, portal: Portal) -> DeadLetter:
    """A refund that was due and could not be asked for, given up."""
    part = order_at(portal, establishment, number=new_order_number()).merchant_orders.get()
    due = RefundDue(part.pk, part.total_cents, "cancelled", f"cancelled:{part.pk}", [])
    emit(due, at=timezone.now())
    return DeadLetter.objects.create(
        event=OutboxEvent.objects.latest("pk"),
        subscriber="chalandise.payments.subscribers.give_back",
        error="ValueError('no')",
        attempts=8,
        failed_at=timezone.now(),
    )


def mail(portal: Portal, **fields: object) -> Message:
    """An e-mail that no server took."""
    number = next(_number)
    values: dict[str, object] = {
        "key": f"essai:{number}",
        "template": "reservation_ready",
        "to": f"lecteur{number}@exemple.test",
        "subject": "C’est prêt",
        "text": "C’est prêt.",
        "state": MessageState.FAILED,
        "last_error": "550 boîte inconnue",
        **fields,
    }
    return Message.objects.create(portal=portal, **values)


def selection(portal: Portal, *establishments: Establishment, **fields: object) -> Selection:
    """Some establishments put forward."""
    number = next(_number)
    values: dict[str, object] = {"title": "Pour Noël", "slug": f"noel-{number}", **fields}
    made = Selection.objects.create(portal=portal, **values)
    for position, one in enumerate(establishments, start=1):
        SelectionItem.objects.create(selection=made, establishment=one, position=position)
    return made


def discrepancy(portal: Portal, shop: Establishment, **fields: object) -> Discrepancy:
    """Something about the money of an order does not add up."""
    part = order_at(portal, shop).merchant_orders.get()
    payment = Payment.objects.create(
        merchant_order=part,
        provider="simulated",
        amount_cents=part.total_cents,
        state=PaymentState.REQUESTED,
        provider_reference=f"bc_{next(_number)}",
    )
    values: dict[str, object] = {
        "kind": DiscrepancyKind.AMOUNT,
        "payment": payment,
        "organisation": part.organisation,
        "provider": payment.provider,
        "reference": str(payment.public_id),
        "detail": {"amount_cents": part.total_cents, "found": {"captured_cents": 1}},
        **fields,
    }
    return Discrepancy.objects.create(**values)


def complaint(portal: Portal, shop: Establishment) -> Decision:
    """Somebody contests that a sheet was hidden."""
    at = timezone.now()
    return Decision.objects.create(
        portal=portal,
        establishment=shop,
        kind="hidden",
        decided_at=at,
        contested_at=at,
        complaint="Non.",
    )


def held(shop: Establishment) -> MerchantAccount:
    """The bank account of a merchant changed: payouts wait for the owners' word."""
    account = merchant_account(shop)
    account.payouts_held_until = timezone.now() + timedelta(hours=71)
    account.save(update_fields=["payouts_held_until"])
    return account
