"""Printing the letters of claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format

from chalandise.accounts.models import User
from chalandise.directory.actions.claims import issue_code, prepare_letter
from chalandise.directory.models import Claim, Establishment
from chalandise.directory.queries.claims import is_looked_after
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.outreach.letters import Letter, Sender, render_letters
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES, require_role
from chalandise.portals.queries import base_address, identity_of, link_to

MOST_AT_ONCE = 500


@transaction.atomic
def print_letters(portal: Portal, claims: Sequence[Claim], *, agent: User, at: datetime) -> bytes:
    """Draw the codes of the claims that wait for a letter and set the letters, in one PDF.

    The codes exist on paper only: printing again needs another claim.

    Raises:
        NotFoundError: the agent has no desk in this portal.
    """
    require_role(agent, portal, DESK_ROLES)
    drawn = [(claim, issue_code(claim, at=at)) for claim in claims[:MOST_AT_ONCE]]
    return _set(portal, [(c, code) for c, code in drawn if code], agent=agent, at=at)


@transaction.atomic
def write_to_merchants(
    portal: Portal, establishments: Sequence[Establishment], *, agent: User, at: datetime
) -> bytes:
    """Set letters to merchants who asked for nothing; those who look after a sheet get none.

    Raises:
        NotFoundError: the agent has no desk in this portal.
    """
    require_role(agent, portal, DESK_ROLES)
    by = Actor.agent(agent)
    drawn = [
        prepare_letter(one, by=by, at=at)
        for one in establishments[:MOST_AT_ONCE]
        if not is_looked_after(one)
    ]
    return _set(portal, drawn, agent=agent, at=at)


def _set(portal: Portal, drawn: Sequence[tuple[Claim, str]], *, agent: User, at: datetime) -> bytes:
    by = Actor.agent(agent)
    for claim, _code in drawn:
        record(claim.establishment, "letter_printed", by=by, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        letters = [_letter(portal, claim, code, at=at) for claim, code in drawn]
        return render_letters(letters, _sender(portal))


def _letter(portal: Portal, claim: Claim, code: str, *, at: datetime) -> Letter:
    shop = claim.establishment
    lines = [shop.name, shop.street, shop.complement, f"{shop.postal_code} {shop.commune.name}"]
    return Letter(
        shop=shop.name,
        lines=tuple(line for line in lines if line.strip()),
        code=f"{code[:4]} {code[4:]}",
        claim_url=link_to(portal, "short_claim", shop.pk),
        on=date_format(at, "j F Y"),
        until=date_format(claim.expires_at, "j F Y"),
    )


def _sender(portal: Portal) -> Sender:
    identity = identity_of(portal)
    return Sender(
        portal=portal.name,
        operator=identity.operator_name,
        address=identity.operator_address,
        hotline=_dialled(identity.hotline),
        hotline_hours=identity.hotline_hours,
        site=base_address(portal),
        colour=identity.brand_colour,
    )


def _dialled(number: str) -> str:
    """Write a French number as it is dialled; another as it stands."""
    if not number.startswith("+33") or len(number) != 12:
        return number
    digits = f"0{number[3:]}"
    return "\u00a0".join(digits[place : place + 2] for place in range(0, 10, 2))
