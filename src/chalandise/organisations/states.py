"""Roles inside an organisation, and the life of an invitation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class MemberRole(models.TextChoices):
    """What a person may do for an organisation."""

    OWNER = "owner", _("owner")
    MEMBER = "member", _("member")


class InvitationState(models.TextChoices):
    """The life of an invitation; one that nobody took up lapses by its date."""

    PENDING = "pending", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")


INVITATION_TRANSITIONS = Transitions.of(
    {
        InvitationState.PENDING: {InvitationState.ACCEPTED, InvitationState.WITHDRAWN},
        InvitationState.ACCEPTED: set(),
        InvitationState.WITHDRAWN: set(),
    }
)
