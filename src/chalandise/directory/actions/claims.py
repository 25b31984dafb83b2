"""Claiming a sheet: ask, receive a code, type it; or be accepted by an agent on the telephone.

A code is kept only as a digest. Whether an e-mail is on record shows in no answer. A sheet that
somebody looks after already is never handed over by a code: the operator decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from chalandise.accounts.actions import meet_person
from chalandise.accounts.models import User
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.locking import lock_claims, lock_establishments
from chalandise.directory.errors import AlreadyClaimedError, ClaimOverError, WrongCodeError
from chalandise.directory.events import ClaimAccepted, ClaimRequested
from chalandise.directory.models import Claim, Establishment
from chalandise.directory.queries.claims import is_looked_after, list_open_claims
from chalandise.directory.sources import MERCHANT
from chalandise.directory.states import CLAIM_TRANSITIONS, ClaimChannel, ClaimState
from chalandise.journal.actions import count_attempt, emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.rate import Rate
from chalandise.kernel.tokens import digest, matches, new_spoken_code, tidy_spoken_code
from chalandise.organisations.actions import add_member, found_organisation
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES, require_role


@dataclass(frozen=True)
class Claimant:
    """The person on the telephone, as the agent wrote them down."""

    name: str
    email: str
    phone: str = ""


CODE_LENGTH = 8
LASTS = {
    ClaimChannel.EMAIL: timedelta(hours=24),
    ClaimChannel.LETTER: timedelta(days=60),
    ClaimChannel.PHONE: timedelta(days=60),
}
MOST_ATTEMPTS = {ClaimChannel.EMAIL: 5, ClaimChannel.LETTER: 25, ClaimChannel.PHONE: 5}
ASKED_BY_PERSON = Rate(burst=5, period_seconds=3600)
ASKED_FOR_SHOP = Rate(burst=5, period_seconds=24 * 3600)
TRIED_BY_PERSON = Rate(burst=5, period_seconds=3600)
TRIED_FOR_SHOP = Rate(burst=25, period_seconds=24 * 3600)
NO_CODE = ""  # matches no digest


def request_claim(
    establishment: Establishment,
    *,
    portal: Portal,
    user: User,
    channel: ClaimChannel,
    by: Actor,
    at: datetime,
) -> Claim:
    """Ask to look after a sheet.

    Whoever signed in with the very address on record has proved it already and is accepted at
    once. Otherwise the code leaves by the channel: the e-mail at once, the letter when the operator
    prints it. A claim of a sheet that is looked after waits for the operator.

    Raises:
        RateLimitedError: too many requests by the person, or about the shop.
    """
    count_attempt(f"claim:{user.pk}", ASKED_BY_PERSON, at=at)
    count_attempt(f"claim-of:{establishment.pk}", ASKED_FOR_SHOP, at=at)
    with transaction.atomic():
        is_disputed = is_looked_after(establishment, but_for=user)
        if is_disputed:
            channel = ClaimChannel.PHONE
        claim = _write_claim(establishment, user, channel, at=at)
        record(establishment, "claim_requested", by=by, at=at, detail={"channel": channel})
        if not is_disputed and establishment.email.lower() == user.email.lower():
            _accept(claim, user, by=by, at=at, portal_slug=portal.slug)
        else:
            emit(ClaimRequested(claim.pk, portal.slug), at=at)
    return claim


@transaction.atomic
def issue_code(claim: Claim, *, at: datetime) -> str | None:
    """Draw the code of a claim, once, and return it for the e-mail or the letter.

    Returns:
        The code, or ``None`` when one was drawn already or none may be.
    """
    (locked,) = lock_claims(Claim.objects.filter(pk=claim.pk))
    is_waiting = locked.state == ClaimState.PENDING and locked.code_digest == NO_CODE
    if not is_waiting or locked.channel == ClaimChannel.PHONE:
        return None
    code = new_spoken_code(CODE_LENGTH)
    claim.code_digest = locked.code_digest = digest(code, salt=_salt(locked))
    claim.expires_at = locked.expires_at = at + LASTS[ClaimChannel(locked.channel)]
    if locked.channel == ClaimChannel.LETTER:
        claim.letter_printed_at = locked.letter_printed_at = at
    locked.save(update_fields=["code_digest", "expires_at", "letter_printed_at"])
    return code


@transaction.atomic
def prepare_letter(establishment: Establishment, *, by: Actor, at: datetime) -> tuple[Claim, str]:
    """Write to a merchant who asked for nothing: a claim without person, and its code.

    Raises:
        AlreadyClaimedError: somebody looks after the sheet.
    """
    if is_looked_after(establishment):
        raise AlreadyClaimedError
    claim = _write_claim(establishment, None, ClaimChannel.LETTER, at=at)
    code = issue_code(claim, at=at)
    record(establishment, "letter_prepared", by=by, at=at)
    return claim, code or ""


def claim_by_code(
    establishment: Establishment,
    *,
    portal: Portal,
    user: User,
    code: str,
    by: Actor,
    at: datetime,
) -> Claim:
    """Type the code that came by e-mail or in a letter.

    Raises:
        WrongCodeError: no pending claim opens with it.
        ClaimOverError: the last try was spent, or nothing is pending.
        AlreadyClaimedError: somebody else was quicker; the operator decides.
        RateLimitedError: too many tries.
    """
    count_attempt(f"claim-code:{user.pk}:{establishment.pk}", TRIED_BY_PERSON, at=at)
    count_attempt(f"claim-code-of:{establishment.pk}", TRIED_FOR_SHOP, at=at)
    with transaction.atomic():
        pending = lock_claims(list_open_claims(establishment, user))
        usable = [claim for claim in pending if _is_usable(claim, at=at)]
        typed = tidy_spoken_code(code)
        opened = next((c for c in usable if matches(typed, c.code_digest, salt=_salt(c))), None)
        if opened is not None:
            if is_looked_after(establishment, but_for=user):
                raise AlreadyClaimedError
            _accept(opened, user, by=by, at=at, portal_slug=portal.slug)
            return opened
        left = _count_wrong_try(usable, at=at)
    if left:
        raise WrongCodeError(left)
    raise ClaimOverError


@transaction.atomic
def accept_claim_by_phone(
    establishment: Establishment,
    *,
    portal: Portal,
    agent: User,
    claimant: Claimant,
    at: datetime,
) -> Claim:
    """Let an agent who has the merchant on the telephone hand over the sheet.

    The agent checked on the record that the voice is the shop's; the journal names both.

    Raises:
        NotFoundError: the agent has no desk in this portal.
        AlreadyClaimedError: somebody else looks after the sheet.
    """
    require_role(agent, portal, DESK_ROLES)
    user = meet_person(claimant.email, at=at, name=claimant.name)
    if is_looked_after(establishment, but_for=user):
        raise AlreadyClaimedError
    by = Actor.agent(agent, behalf_of=str(user))
    claim = _write_claim(establishment, user, ClaimChannel.PHONE, at=at)
    claim.claimant_name, claim.claimant_phone = claimant.name, claimant.phone
    claim.save(update_fields=["claimant_name", "claimant_phone"])
    _accept(claim, user, by=by, at=at, portal_slug=portal.slug)
    return claim


@transaction.atomic
def settle_claim(
    claim: Claim,
    *,
    portal: Portal,
    agent: User,
    is_accepted: bool,
    at: datetime,
    reason: str = "",
) -> None:
    """Decide a disputed or waiting claim as the operator; those already there stay.

    Raises:
        NotFoundError: the agent has no desk in this portal, or the claim has no person.
        StaleStateError: it was decided meanwhile.
    """
    require_role(agent, portal, DESK_ROLES)
    by = Actor.agent(agent, behalf_of=str(claim.user or claim.establishment))
    verb = "claim_accepted" if is_accepted and claim.user else "claim_refused"
    record(claim.establishment, verb, by=by, at=at, detail={"claim": claim.pk, "reason": reason})
    if not is_accepted or claim.user is None:
        _decide(claim, ClaimState.REFUSED, by=by, at=at)
        return
    _accept(claim, claim.user, by=by, at=at, portal_slug=portal.slug)


def expire_claims(*, at: datetime) -> int:
    """End the claims whose code is too old; tell how many."""
    overdue = Claim.objects.filter(state=ClaimState.PENDING, expires_at__lte=at).order_by("pk")
    count = 0
    for claim in overdue.iterator():
        with transaction.atomic():
            _decide(claim, ClaimState.EXPIRED, by=Actor.system("expiry"), at=at)
            count += 1
    return count


def _write_claim(
    establishment: Establishment, user: User | None, channel: ClaimChannel, *, at: datetime
) -> Claim:
    return Claim.objects.create(
        establishment=establishment,
        user=user,
        claimant_name=user.name if user else "",
        claimant_email=user.email if user else "",
        claimant_phone=user.phone if user else "",
        channel=channel,
        code_digest=NO_CODE,
        requested_at=at,
        expires_at=at + LASTS[channel],
    )


def _accept(claim: Claim, user: User, *, by: Actor, at: datetime, portal_slug: str = "") -> None:
    """Hand over the sheet: organisation, member, level, and an end to the other claims."""
    (establishment,) = lock_establishments(Establishment.objects.filter(pk=claim.establishment_id))
    claim.user = user
    claim.save(update_fields=["user"])
    _decide(claim, ClaimState.ACCEPTED, by=by, at=at)
    organisation = establishment.organisation or found_organisation(
        establishment.name, siren=(establishment.siret or "")[:9] or None, by=by, at=at
    )
    add_member(organisation, user, by=by, at=at)
    if establishment.claimed_at is None:
        establishment.claimed_at = at
        establishment.save(update_fields=["claimed_at"])
    facts = {"organisation": organisation}
    apply_facts(establishment, facts, source=MERCHANT, by=by, at=at)
    others = Claim.objects.filter(establishment=establishment, state=ClaimState.PENDING)
    for other in others.exclude(channel=ClaimChannel.PHONE).order_by("pk"):
        _decide(other, ClaimState.REFUSED, by=Actor.system("claims"), at=at)
    record(establishment, "claimed", by=by, at=at, detail={"channel": claim.channel})
    emit(ClaimAccepted(claim.pk, portal_slug), at=at)


def _decide(claim: Claim, to: ClaimState, *, by: Actor, at: datetime) -> None:
    move(claim, to, table=CLAIM_TRANSITIONS, by=by, at=at)
    claim.decided_at, claim.decided_by, claim.code_digest = at, by.label[:200], NO_CODE
    claim.save(update_fields=["decided_at", "decided_by", "code_digest"])


def _is_usable(claim: Claim, *, at: datetime) -> bool:
    is_open = claim.code_digest != NO_CODE and claim.expires_at > at
    return is_open and claim.attempts < MOST_ATTEMPTS[ClaimChannel(claim.channel)]


def _count_wrong_try(claims: list[Claim], *, at: datetime) -> int:
    """Note a wrong code on every claim it could have opened; return the tries that remain."""
    left = 0
    for claim in claims:
        claim.attempts += 1
        claim.save(update_fields=["attempts"])
        remaining = MOST_ATTEMPTS[ClaimChannel(claim.channel)] - claim.attempts
        if remaining <= 0:
            _decide(claim, ClaimState.EXPIRED, by=Actor.system("attempts"), at=at)
        left = max(left, remaining)
    return left


def _salt(claim: Claim) -> str:
    return f"{settings.SECRET_KEY}:claim:{claim.pk}"
