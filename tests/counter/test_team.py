"""A team looks after a shop: invitations, and what a stranger cannot do (45, 48, 49, 58)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast

from chalandise.accounts.models import User
from chalandise.journal.models import Entry
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.messaging.models import Message
from chalandise.messaging.team_mails import send_invitation
from chalandise.organisations.events import ColleagueInvited
from chalandise.organisations.invitations import (
    accept_invitation,
    get_invitation_for,
    remove_member,
    token_of,
)
from chalandise.organisations.models import Invitation, Membership
from chalandise.organisations.states import INVITATION_TRANSITIONS, InvitationState, MemberRole


@pytest.fixture
def seat() -> Callable[[User], Client]:
    def sit(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit


def team_of(cast: Cast) -> str:
    return reverse("counter:team", args=[cast.bakery.slug])


def change(cast: Cast) -> str:
    return reverse("counter:change_team", args=[cast.bakery.slug])


def invite(cast: Cast, claire: Client, email: str = "Nadia@Exemple.test") -> Invitation:
    answer = claire.post(team_of(cast), {"email": email, "role": "member"})
    assert answer.status_code == 302
    return Invitation.objects.latest("pk")


def members(cast: Cast) -> list[str]:
    rows = Membership.objects.filter(organisation=cast.bakery.organisation).order_by("pk")
    return list(rows.values_list("user__email", flat=True))


def link(invitation: Invitation) -> str:
    return reverse("counter:invitation", args=[token_of(invitation)])


def test_a_colleague_is_invited_by_e_mail_and_joins(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    claire = seat(cast.claire)
    invitation = invite(cast, claire)
    for _twice in range(2):
        send_invitation(ColleagueInvited(invitation.pk, "lot"))
    message = Message.objects.get(template="colleague_invited")
    assert message.to == "nadia@exemple.test"
    assert f"http://localhost:8000{link(invitation)}" in message.text
    assert "nadia@exemple.test" in claire.get(team_of(cast)).content.decode()
    nadia = seat(cast.nadia)
    assert nadia.get(team_of(cast)).status_code == 404
    page = nadia.get(link(invitation))
    assert page.status_code == 200
    assert members(cast) == ["claire@exemple.test"]  # opening a link joins nothing
    nadia.post(link(invitation))
    assert members(cast) == ["claire@exemple.test", "nadia@exemple.test"]
    assert nadia.get(team_of(cast)).status_code == 200
    verbs = Entry.objects.filter(subject__startswith="organisations.organisation")
    assert list(verbs.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "colleague_invited",
        "member_added",
    ]


def test_fault_58_an_invitation_opens_once_for_one_address(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invitation = invite(cast, seat(cast.claire))
    idris = seat(cast.idris)
    for answer in (idris.get(link(invitation)), idris.post(link(invitation))):
        assert answer.status_code == 404
    for forged in (f"{invitation.pk}", f"{invitation.pk}.x", "a.b", f"{token_of(invitation)}x"):
        with pytest.raises(NotFoundError):
            get_invitation_for(cast.nadia, forged, at=timezone.now())
    with pytest.raises(NotFoundError):
        accept_invitation(invitation, cast.idris, at=timezone.now())
    nadia = seat(cast.nadia)
    nadia.post(link(invitation))
    assert nadia.get(link(invitation)).status_code == 404
    with pytest.raises(StaleStateError):
        accept_invitation(invitation, cast.nadia, at=timezone.now())
    assert members(cast).count("nadia@exemple.test") == 1


def test_fault_58_an_invitation_lapses_is_replaced_and_taken_back(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    claire, now = seat(cast.claire), timezone.now()
    first = invite(cast, claire)
    second = invite(cast, claire)
    with pytest.raises(NotFoundError):
        get_invitation_for(cast.nadia, token_of(first), at=now)
    assert get_invitation_for(cast.nadia, token_of(second), at=now) == second
    with pytest.raises(NotFoundError):
        get_invitation_for(cast.nadia, token_of(second), at=now + timedelta(days=15))
    claire.post(change(cast), {"invitation": second.pk})
    with pytest.raises(NotFoundError):
        get_invitation_for(cast.nadia, token_of(second), at=now)


def test_fault_49_only_an_owner_changes_the_team(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invitation = invite(cast, seat(cast.claire))
    accept_invitation(invitation, cast.nadia, at=timezone.now())
    mine = Membership.objects.get(user=cast.claire)
    nadia, data = seat(cast.nadia), {"email": "x@exemple.test", "role": "owner"}
    assert "Inviter" not in nadia.get(team_of(cast)).content.decode()
    assert nadia.post(team_of(cast), data).status_code == 404
    assert nadia.post(change(cast), {"member": mine.pk}).status_code == 404
    assert members(cast) == ["claire@exemple.test", "nadia@exemple.test"]
    assert Invitation.objects.count() == 1


def test_fault_45_a_stranger_reaches_no_other_team(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invitation = invite(cast, seat(cast.claire))
    mine = Membership.objects.get(user=cast.claire)
    idris = seat(cast.idris)
    assert idris.get(team_of(cast)).status_code == 404
    own = reverse("counter:change_team", args=[cast.bookshop.slug])
    for data in ({"member": mine.pk}, {"invitation": invitation.pk}):
        assert idris.post(change(cast), data).status_code == 404
        assert idris.post(own, data).status_code == 404  # his own team, another's number
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.PENDING
    assert members(cast) == ["claire@exemple.test"]


def test_fault_48_a_form_gives_no_role_that_does_not_exist(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    data = {"email": "x@exemple.test", "role": "administrator", "organisation": "1"}
    assert seat(cast.claire).post(team_of(cast), data).status_code == 422
    assert not Invitation.objects.exists()


def test_the_last_owner_stays_and_a_member_may_be_removed(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    claire = seat(cast.claire)
    accept_invitation(invite(cast, claire), cast.nadia, at=timezone.now())
    own, other = Membership.objects.get(user=cast.claire), Membership.objects.get(user=cast.nadia)
    page = claire.post(change(cast), {"member": own.pk}, follow=True).content.decode()
    assert "Il faut garder un responsable" in page
    claire.post(change(cast), {"member": other.pk})
    assert members(cast) == ["claire@exemple.test"]
    assert seat(cast.nadia).get(team_of(cast)).status_code == 404
    with pytest.raises(NotFoundError):
        remove_member(own, user=cast.nadia, at=timezone.now())


def test_a_member_is_not_invited_again_and_a_flood_ends(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    claire = seat(cast.claire)
    again = claire.post(team_of(cast), {"email": "CLAIRE@exemple.test", "role": "member"})
    assert "déjà dans votre équipe" in again.content.decode()
    for number in range(10):
        invite(cast, claire, f"n{number}@exemple.test")
    answer = claire.post(team_of(cast), {"email": "n11@exemple.test", "role": "member"})
    assert answer.status_code == 422
    assert Invitation.objects.count() == 10


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(INVITATION_TRANSITIONS) == set(InvitationState)
    assert set(MemberRole) == {"owner", "member"}
