"""Taking a sheet in hand: by a code, by a letter, by telephone; and who may not."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import accounts, directory

from chalandise.directory.actions.claims import (
    Claimant,
    accept_claim_by_phone,
    claim_by_code,
    expire_claims,
    issue_code,
    prepare_letter,
    request_claim,
    settle_claim,
)
from chalandise.directory.errors import AlreadyClaimedError, ClaimOverError, WrongCodeError
from chalandise.directory.models import Claim, Establishment
from chalandise.directory.queries import (
    get_establishment_for_member,
    list_letters_to_print,
    list_waiting_claims,
)
from chalandise.directory.states import ClaimChannel, ClaimState, Level
from chalandise.journal.events import from_payload
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, RateLimitedError, StaleStateError
from chalandise.messaging.models import Message

pytestmark = pytest.mark.django_db

AT = moment("2026-11-18 10:30")


@pytest.fixture
def florist(cast: Cast) -> Establishment:
    return directory.establishment(
        "Fleurs du Pont", slug="fleurs-du-pont", email="pont@exemple.test", siret="12345678900011"
    )


def ask(cast: Cast, shop: Establishment, user=None, channel=ClaimChannel.EMAIL, at=AT) -> Claim:
    user = user or cast.nadia
    return request_claim(
        shop, portal=cast.lot, user=user, channel=channel, by=Actor.person(user), at=at
    )


def type_code(cast: Cast, shop: Establishment, code: str, user=None, at=AT) -> Claim:
    user = user or cast.nadia
    return claim_by_code(shop, portal=cast.lot, user=user, code=code, by=Actor.person(user), at=at)


def deliver() -> None:
    rows = list(OutboxEvent.objects.order_by("pk"))
    OutboxEvent.objects.all().delete()
    dispatch(rows)


def code_in(message: Message) -> str:
    lines = [line.strip() for line in message.text.splitlines()]
    return next(line for line in lines if len(line) == 9 and line[4] == " ")


def test_a_code_sent_to_the_address_on_record_hands_over_the_sheet(cast: Cast, florist):
    ask(cast, florist)
    deliver()
    message = Message.objects.get()
    assert message.to == "pont@exemple.test"
    code = code_in(message)
    assert code.replace(" ", "") not in str(Claim.objects.values())  # only a digest is kept
    assert code.replace(" ", "") not in str(OutboxEvent.objects.values())
    type_code(cast, florist, code.lower().replace(" ", "-"))
    florist.refresh_from_db()
    assert florist.level == Level.CLAIMED
    assert florist.claimed_at == AT
    assert florist.organisation.siren == "123456789"
    assert get_establishment_for_member(cast.nadia, florist.slug) == florist
    assert florist.facts.get(field="organisation").source_kind == "merchant"
    deliver()
    told = set(Message.objects.exclude(pk=message.pk).values_list("template", "to"))
    assert told == {
        ("claim_accepted", "nadia@exemple.test"),
        ("claim_notice", "pont@exemple.test"),
    }


def test_the_code_leaves_once_even_when_the_event_comes_twice(cast: Cast, florist):
    ask(cast, florist)
    rows = list(OutboxEvent.objects.all())
    dispatch(rows)
    dispatch(rows)
    assert Message.objects.count() == 1


def test_without_an_address_on_record_nothing_is_sent_and_nothing_shows_52(cast: Cast):
    silent = directory.establishment("Sans adresse")
    claim = ask(cast, silent)
    deliver()
    assert not Message.objects.exists()
    assert (claim.state, claim.channel) == (ClaimState.PENDING, ClaimChannel.EMAIL)


def test_whoever_signed_in_with_the_address_on_record_has_proved_it(cast: Cast, florist):
    owner = accounts.user("Rose", email="Pont@exemple.test")
    assert ask(cast, florist, owner).state == ClaimState.ACCEPTED
    assert get_establishment_for_member(owner, florist.slug) == florist


def test_the_fifth_wrong_code_ends_the_claim_54(cast: Cast, florist):
    claim = ask(cast, florist)
    code = issue_code(claim, at=AT)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCodeError) as wrong:
            type_code(cast, florist, "XXXXXXXX")
        assert wrong.value.attempts_left == left
    with pytest.raises(ClaimOverError):
        type_code(cast, florist, "XXXXXXXX")
    claim.refresh_from_db()
    assert claim.state == ClaimState.EXPIRED
    with pytest.raises((ClaimOverError, RateLimitedError)):
        type_code(cast, florist, code)
    florist.refresh_from_db()
    assert florist.organisation is None


def test_codes_are_limited_by_person_and_by_shop_54(cast: Cast, florist):
    for _try in range(5):
        with pytest.raises(ClaimOverError):
            type_code(cast, florist, "XXXXXXXX")
    with pytest.raises(RateLimitedError):
        type_code(cast, florist, "XXXXXXXX")


def test_asking_is_limited_by_person_and_by_shop_54(cast: Cast, florist):
    for number in range(5):
        ask(cast, florist, accounts.user(f"Personne {number}"))
    with pytest.raises(RateLimitedError):
        ask(cast, florist)


def test_a_code_opens_once_and_not_for_somebody_else_58(cast: Cast, florist):
    claim = ask(cast, florist)
    code = issue_code(claim, at=AT)
    with pytest.raises(ClaimOverError):
        type_code(cast, florist, code, cast.idris)
    type_code(cast, florist, code)
    with pytest.raises((ClaimOverError, AlreadyClaimedError)):
        type_code(cast, florist, code, cast.idris)


def test_a_code_dies_with_time_58(cast: Cast, florist):
    claim = ask(cast, florist)
    code = issue_code(claim, at=AT)
    late = moment("2026-11-19 10:31")
    with pytest.raises(ClaimOverError):
        type_code(cast, florist, code, at=late)
    assert expire_claims(at=late) == 1


def test_a_letter_belongs_to_whoever_opens_it_at_the_shop(cast: Cast, florist):
    ask(cast, florist, cast.idris, ClaimChannel.LETTER)
    claim = list_letters_to_print(cast.lot, at=AT).get()
    code = issue_code(claim, at=AT)
    assert not list_letters_to_print(cast.lot, at=AT).exists()
    type_code(cast, florist, code)
    assert get_establishment_for_member(cast.nadia, florist.slug)
    with pytest.raises(NotFoundError):
        get_establishment_for_member(cast.idris, florist.slug)


def test_the_operator_may_write_to_a_shop_that_asked_for_nothing(cast: Cast, florist):
    claim, code = prepare_letter(florist, by=Actor.agent(cast.helene), at=AT)
    assert claim.user is None
    type_code(cast, florist, code)
    with pytest.raises(AlreadyClaimedError):
        prepare_letter(florist, by=Actor.agent(cast.helene), at=AT)


def test_an_agent_hands_over_by_telephone_and_the_journal_names_both_50(cast: Cast, florist):
    claimant = Claimant("Rose Pont", "rose@exemple.test", "+33565000009")
    accept_claim_by_phone(florist, portal=cast.lot, agent=cast.helene, claimant=claimant, at=AT)
    florist.refresh_from_db()
    rose = florist.organisation.members.get()
    assert (rose.email, rose.has_usable_password()) == ("rose@exemple.test", False)
    entry = Entry.objects.get(verb="claimed")
    assert (entry.actor_label, entry.behalf_of) == ("Hélène Standard", "Rose Pont")


def test_a_stranger_agent_hands_over_nothing_45(cast: Cast, florist):
    claimant = Claimant("Rose", "rose@exemple.test")
    for agent in (cast.odile, cast.nadia, cast.claire):
        with pytest.raises(NotFoundError):
            accept_claim_by_phone(florist, portal=cast.lot, agent=agent, claimant=claimant, at=AT)
    florist.refresh_from_db()
    assert florist.organisation is None


def test_a_sheet_in_good_hands_is_handed_over_by_no_code(cast: Cast):
    claim = ask(cast, cast.bakery)
    assert (claim.channel, claim.code_digest) == (ClaimChannel.PHONE, "")
    assert issue_code(claim, at=AT) is None
    assert list(list_waiting_claims(cast.lot)) == [claim]
    assert not list_waiting_claims(cast.elsewhere).exists()
    with pytest.raises(ClaimOverError):
        type_code(cast, cast.bakery, "")
    with pytest.raises(AlreadyClaimedError):
        accept_claim_by_phone(
            cast.bakery,
            portal=cast.lot,
            agent=cast.helene,
            claimant=Claimant("Nadia", "nadia@exemple.test"),
            at=AT,
        )
    deliver()
    assert not Message.objects.exclude(template="desk_claim").exists()  # the desk is told


def test_a_second_shop_of_the_same_firm_is_not_handed_over_with_a_letter(cast: Cast):
    second = directory.establishment("Le second fournil", organisation=cast.bakery.organisation)
    assert ask(cast, second).channel == ClaimChannel.PHONE
    with pytest.raises(NotFoundError):  # even Claire claims it by its own code
        get_establishment_for_member(cast.claire, second.slug)


def test_the_operator_settles_a_dispute_once(cast: Cast):
    claim = ask(cast, cast.bakery)
    with pytest.raises(NotFoundError):
        settle_claim(claim, portal=cast.elsewhere, agent=cast.helene, is_accepted=True, at=AT)
    settle_claim(claim, portal=cast.lot, agent=cast.helene, is_accepted=True, at=AT)
    assert get_establishment_for_member(cast.nadia, cast.bakery.slug)
    assert get_establishment_for_member(cast.claire, cast.bakery.slug)
    with pytest.raises(StaleStateError):
        settle_claim(claim, portal=cast.lot, agent=cast.helene, is_accepted=False, at=AT)


def test_events_carry_what_they_promise(cast: Cast, florist):
    claim = ask(cast, florist)
    row = OutboxEvent.objects.get()
    assert from_payload(row.kind, row.payload).claim_id == claim.pk
