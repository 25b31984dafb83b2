"""The last e-mail to somebody who leaves: what was erased, what is kept, and for how long."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chalandise.accounts.models import User
from chalandise.messaging.actions import send
from chalandise.messaging.days import moment_words
from chalandise.ordering.actions.leaving import close_account
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to

CLOCK = ZoneInfo("Europe/Paris")


@transaction.atomic
def take_leave(user: User, *, portal: Portal, at: datetime) -> None:
    """Close a person's account and confirm it to the address that is erased with it.

    The address travels in no event: the letter is written in the transaction that erases it.

    Raises:
        AccountHeldError: of `ordering`; nothing is erased and nothing written.
    """
    address, key = user.email, user.pk
    close_account(user, at=at)
    send(
        "account_closed",
        to=address,
        key=f"account_closed:{key}",
        portal=portal,
        context={
            "moment": moment_words(at.astimezone(CLOCK)),
            "action_url": link_to(portal, "storefront:legal"),
            "action_label": _("Legal notice and personal data"),
        },
        at=at,
    )
