"""Which e-mails a team receives: the invitation of a colleague."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.organisations.events import ColleagueInvited
from chalandise.organisations.invitations import token_of
from chalandise.organisations.models import Invitation
from chalandise.organisations.states import InvitationState
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to


@subscribes("organisations.colleague_invited")
def send_invitation(event: ColleagueInvited) -> None:
    """Send the link to the address that was invited, and to no other."""
    invitation = (
        Invitation.objects.select_related("organisation").filter(pk=event.invitation_id).first()
    )
    portal = Portal.objects.filter(slug=event.portal_slug).first()
    if invitation is None or portal is None or invitation.state != InvitationState.PENDING:
        return
    send(
        "colleague_invited",
        to=invitation.email,
        key=f"colleague_invited:{invitation.pk}",
        portal=portal,
        context={
            "shop_name": invitation.organisation.name,
            "action_url": link_to(portal, "counter:invitation", token_of(invitation)),
            "action_label": _("See the invitation"),
        },
        at=timezone.now(),
    )
