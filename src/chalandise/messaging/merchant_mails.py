"""Which e-mails merchants receive about their sheet: claims, welcome, « still right? »."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.directory.actions.claims import issue_code
from chalandise.directory.events import ClaimAccepted, ClaimRequested, ReminderDue, StandInOpened
from chalandise.directory.models import Claim, Establishment, StandIn
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.directory.reminders import reminder_token
from chalandise.directory.states import ClaimChannel
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.portals.queries import link_to


@subscribes("directory.claim_requested")
def send_claim_code(event: ClaimRequested) -> None:
    """Send the code to the e-mail on record, if there is one: nobody else learns whether."""
    claim = _claim(event.claim_id)
    if claim is None or claim.channel != ClaimChannel.EMAIL or not claim.establishment.email:
        return
    shop = claim.establishment
    portal = find_speaking_portal(shop, event.portal_slug)
    at = timezone.now()
    if portal is None or not (code := issue_code(claim, at=at)):
        return
    send(
        "claim_code",
        to=shop.email,
        key=f"claim_code:{claim.pk}",
        portal=portal,
        context={
            "shop_name": shop.name,
            "code": f"{code[:4]} {code[4:]}",
            "action_url": link_to(portal, "counter:claim_code", shop.slug),
            "action_label": _("Type the code"),
        },
        at=at,
    )


@subscribes("directory.claim_accepted")
def welcome_merchant(event: ClaimAccepted) -> None:
    """Welcome whoever looks after the sheet now, and tell the address on record if it differs."""
    claim = _claim(event.claim_id)
    if claim is None or claim.user is None:
        return
    shop, user = claim.establishment, claim.user
    portal = find_speaking_portal(shop, event.portal_slug)
    if portal is None:
        return
    words = {
        "shop_name": shop.name,
        "user": user,
        "action_url": link_to(portal, "counter:home", shop.slug),
        "action_label": _("Open my counter"),
    }
    at = timezone.now()
    key = f"claim_accepted:{claim.pk}"
    send("claim_accepted", to=user.email, key=key, portal=portal, context=words, at=at)
    if shop.email and shop.email.lower() != user.email.lower():
        words = {"shop_name": shop.name}
        key = f"claim_notice:{claim.pk}"
        send("claim_notice", to=shop.email, key=key, portal=portal, context=words, at=at)


@subscribes("directory.stand_in_opened")
def tell_of_stand_in(event: StandInOpened) -> None:
    """Tell everybody of the shop, once, that an agent acts for them."""
    found = (
        StandIn.objects.select_related("establishment__organisation", "portal", "agent", "merchant")
        .filter(pk=event.stand_in_id)
        .first()
    )
    if found is None:
        return
    shop = found.establishment
    members = shop.organisation.members.filter(is_active=True) if shop.organisation else []
    for to in sorted({found.merchant.email, *(one.email for one in members)}):
        send(
            "stand_in_opened",
            to=to,
            key=f"stand_in_opened:{found.pk}:{to}",
            portal=found.portal,
            context={
                "shop_name": shop.name,
                "agent": found.agent,
                "reason": found.reason,
                "until": found.ends_at.astimezone(ZoneInfo(shop.timezone)).time(),
                "action_url": link_to(found.portal, "counter:visits", shop.slug),
                "action_label": _("See it, or end it"),
            },
            at=timezone.now(),
        )


@subscribes("directory.reminder_due")
def ask_still_right(event: ReminderDue) -> None:
    """Ask the people of a sheet whether its hours are still right."""
    shop = Establishment.objects.with_card().filter(pk=event.establishment_id).first()
    if shop is None or shop.organisation is None or shop.reminded_at is None:
        return
    portal = find_speaking_portal(shop)
    if portal is None:
        return
    token = reminder_token(shop)
    members = shop.organisation.members.filter(is_active=True).order_by("pk")
    for user in members:
        send(
            "still_right",
            to=user.email,
            key=f"still_right:{shop.pk}:{user.pk}:{shop.reminded_at:%Y%m%d}",
            portal=portal,
            context={
                "shop_name": shop.name,
                "user": user,
                "action_url": link_to(portal, "counter:still_right", token),
                "action_label": _("Yes, still right"),
                "change_url": link_to(portal, "counter:hours", shop.slug),
            },
            at=timezone.now(),
        )


def _claim(claim_id: int) -> Claim | None:
    return (
        Claim.objects.select_related("establishment__commune", "user").filter(pk=claim_id).first()
    )
