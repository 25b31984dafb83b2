"""Which e-mails tell a merchant's owners about money: a payout account, a debt, a dispute."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.directory.models import Establishment
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.actions import send
from chalandise.messaging.days import day_words
from chalandise.organisations.models import Membership, Organisation
from chalandise.organisations.states import MemberRole
from chalandise.payments.events import (
    DisputeEnded,
    PaymentDisputed,
    PayoutAccountChanged,
    PayoutCameBack,
    RefundDelayed,
)
from chalandise.payments.models import Dispute, MerchantAccount, Payout, Refund
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to


@subscribes("payments.payout_account_changed")
def warn_of_payout_account(event: PayoutAccountChanged) -> None:
    """Tell every owner that money would go elsewhere from now on (fault 24)."""
    account = (
        MerchantAccount.objects.select_related("organisation").filter(pk=event.account_id).first()
    )
    if account is None or account.payouts_held_until is None:
        return
    shop = Establishment.objects.filter(organisation=account.organisation).order_by("pk").first()
    portal = find_speaking_portal(shop) if shop is not None else None
    if portal is None:
        return
    words = {"name": account.organisation.name, "until": account.payouts_held_until}
    key = f"payout_account:{account.pk}:{account.payouts_held_until:%Y%m%d%H%M}"
    write_to_owners(account.organisation, portal, "payout_account_changed", key=key, words=words)


@subscribes("payments.payout_came_back")
def tell_of_returned_payout(event: PayoutCameBack) -> None:
    """Tell every owner that their bank sent a payout back, and where to look."""
    payout = Payout.objects.select_related("account__organisation").get(pk=event.payout_id)
    merchant = payout.account.organisation
    shop = Establishment.objects.filter(organisation=merchant).order_by("pk").first()
    portal = find_speaking_portal(shop) if shop is not None else None
    if shop is None or portal is None:
        return
    words = {
        "name": merchant.name,
        "amount": euros(payout.amount_cents),
        "day": day_words(payout.left_at.astimezone(ZoneInfo(shop.timezone))),
        "action_url": link_to(portal, "counter:selling", shop.slug),
        "action_label": _("Look at my account"),
    }
    key = f"payout_came_back:{payout.pk}"
    write_to_owners(merchant, portal, "payout_came_back", key=key, words=words)


@subscribes("payments.refund_delayed")
def tell_of_debt(event: RefundDelayed) -> None:
    """Tell the owners that a refund waits for their balance (fault 22)."""
    refund = (
        Refund.objects.select_related(
            "payment__merchant_order__organisation", "payment__merchant_order__order__portal"
        )
        .filter(pk=event.refund_id)
        .first()
    )
    if refund is None:
        return
    part = refund.payment.merchant_order
    words = {"number": part.number, "amount": euros(refund.amount_cents)}
    key = f"refund_delayed:{refund.pk}"
    write_to_owners(part.organisation, part.order.portal, "refund_delayed", key=key, words=words)


def _dispute_about(payment_id: int) -> Dispute | None:
    """Return the dispute of a payment, with the order and the shop that it concerns."""
    found = Dispute.objects.select_related(
        "payment__merchant_order__organisation", "payment__merchant_order__order__portal"
    )
    return found.filter(payment=payment_id).first()


def _key(template: str, dispute: Dispute, turn: int) -> str:
    """Name the letter: one for each time that the bank changed its mind."""
    return f"{template}:{dispute.pk}:{turn}" if turn else f"{template}:{dispute.pk}"


@subscribes("payments.payment_disputed")
def tell_of_dispute(event: PaymentDisputed) -> None:
    """Tell the owners that a cardholder disputes a payment: their answer is awaited (fault 25)."""
    dispute = _dispute_about(event.payment_id)
    if dispute is None:
        return
    part = dispute.payment.merchant_order
    words = {"number": part.number, "amount": euros(dispute.amount_cents)}
    key = _key("payment_disputed", dispute, event.turn)
    write_to_owners(part.organisation, part.order.portal, "payment_disputed", key=key, words=words)


@subscribes("payments.dispute_ended")
def tell_of_end_of_dispute(event: DisputeEnded) -> None:
    """Tell the owners how the bank decided, and what that means for their money."""
    dispute = _dispute_about(event.payment_id)
    if dispute is None:
        return
    part = dispute.payment.merchant_order
    words = {
        "number": part.number,
        "amount": euros(dispute.amount_cents),
        "is_won": event.is_won,
        "is_changed": event.turn > 0,
    }
    key = _key("dispute_ended", dispute, event.turn)
    write_to_owners(part.organisation, part.order.portal, "dispute_ended", key=key, words=words)


def write_to_owners(
    organisation: Organisation, portal: Portal, template: str, *, key: str, words: dict[str, Any]
) -> None:
    """Write to every owner of a merchant."""
    owners = Membership.objects.filter(
        organisation=organisation, role=MemberRole.OWNER, user__is_active=True
    )
    for member in owners.select_related("user").order_by("pk"):
        send(
            template,
            to=member.user.email,
            key=f"{key}:{member.user_id}",
            portal=portal,
            context=words,
            at=timezone.now(),
        )
