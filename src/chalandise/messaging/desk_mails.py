"""Which e-mails an operator's desk receives: a claim that waits, and once a day all that does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.directory.events import ClaimRequested
from chalandise.directory.models import Claim, ErrorReport
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.directory.states import ClaimChannel, ClaimState, ReportState
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.messaging.models import Message
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES, people_for, people_of
from chalandise.portals.queries import link_to, scope_filter

DIGEST = "desk_digest"
FIRST_DIGEST_TELLS_OF = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """What waits on a desk, and how much of it came since the last digest."""

    claim_count: int
    report_count: int
    new_count: int


@subscribes("directory.claim_requested")
def tell_desk_of_claim(event: ClaimRequested) -> None:
    """Write to the desk at once when a claim needs a person: a call back, or a letter to print.

    A code sent by e-mail needs nobody.
    """
    claim = Claim.objects.select_related("establishment__commune").filter(pk=event.claim_id).first()
    if claim is None or claim.channel == ClaimChannel.EMAIL or claim.state != ClaimState.PENDING:
        return
    shop = claim.establishment
    portal = find_speaking_portal(shop, event.portal_slug)
    if portal is None:
        return
    for user in people_for(portal, DESK_ROLES):
        send(
            "desk_claim",
            to=user.email,
            key=f"desk_claim:{claim.pk}:{user.pk}",
            portal=portal,
            context={
                "shop_name": shop.name,
                "town": shop.commune.name,
                "is_letter": claim.channel == ClaimChannel.LETTER,
                "action_url": link_to(portal, "console:claim", claim.pk),
                "action_label": _("See the claim"),
            },
            at=timezone.now(),
        )


def send_digests(*, at: datetime) -> int:
    """Write to each desk where something new waits, once a day at most; tell how many were written.

    Staff of a parent read what its console shows, sub-portals included.
    """
    desks = Portal.objects.filter(staff__role__in=[str(role) for role in DESK_ROLES])
    return sum(_send_digest(portal, at=at) for portal in desks.distinct().order_by("pk"))


@transaction.atomic
def _send_digest(portal: Portal, *, at: datetime) -> int:
    waiting = _waiting(portal, at=at)
    if not waiting.new_count:
        return 0
    written = 0
    for user in people_of(portal, DESK_ROLES):
        message = send(
            DIGEST,
            to=user.email,
            key=f"{DIGEST}:{portal.pk}:{user.pk}:{timezone.localdate(at):%Y%m%d}",
            portal=portal,
            context={
                "waiting": waiting,
                "claims_url": link_to(portal, "console:claims"),
                "reports_url": link_to(portal, "console:reports"),
                "action_url": link_to(portal, "console:home"),
                "action_label": _("Open the console"),
            },
            at=at,
        )
        written += message is not None
    return written


def _waiting(portal: Portal, *, at: datetime) -> Waiting:
    """Count what waits; three queries, whatever waits."""
    last = Message.objects.filter(portal=portal, template=DIGEST).order_by("-created_at").first()
    since = last.created_at if last else at - FIRST_DIGEST_TELLS_OF
    inside = scope_filter(portal, prefix="establishment__commune")
    claims = Claim.objects.filter(inside, state=ClaimState.PENDING, user__isnull=False).exclude(
        channel=ClaimChannel.EMAIL
    )
    reports = ErrorReport.objects.filter(inside, state=ReportState.OPEN)
    return Waiting(
        claim_count=claims.count(),
        report_count=reports.count(),
        new_count=claims.filter(requested_at__gt=since).count()
        + reports.filter(sent_at__gt=since).count(),
    )
