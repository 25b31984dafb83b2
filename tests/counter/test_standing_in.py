"""« Agir pour le commerçant »: asked for, short, in both names, and never beyond (50)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.architecture.test_urls import OURS, is_let_in
from tests.architecture.url_policy import RULES
from tests.architecture.url_policy.rules import BAKERS
from tests.cast import Cast
from tests.factories import directory, organisations, portals, territories

import chalandise.counter
from chalandise.accounts.models import User
from chalandise.directory.actions.standing_in import LASTS, end_stand_in, open_stand_in
from chalandise.directory.errors import (
    AlreadyStandingInError,
    NobodyToStandInForError,
    StaffShopError,
)
from chalandise.directory.models import ExceptionalClosing, StandIn
from chalandise.directory.states import ListingState
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.messaging.models import Message
from chalandise.organisations.models import Membership
from chalandise.portals.models import StaffMember
from chalandise.portals.states import StaffRole

OWN_HANDS = {
    "counter:team",
    "counter:change_team",
    "counter:selling",
    "counter:stop_selling",
    "counter:mandate",
    "counter:bank",
    "counter:bank_back",
    "counter:papers",
    "counter:export",
    "counter:invoice_file",
    "counter:statement_file",
    "counter:year_file",
    "counter:commission_file",
    "counter:visits",
}
NEVER = {"counter:picture", "counter:pass"}  # absent here; a pass is scanned by the shop itself
SHOP_PAGES = [
    name
    for name in OURS
    if name.startswith("counter:") and (RULES[name].may == BAKERS or name == "counter:picture")
]
ASKED = {"reason": "Fermer demain pour deuil", "is_asked": "on"}
CLOSING = {"starts_on": "2030-01-05", "ends_on": "2030-01-06", "reason": "Congés"}


@pytest.fixture
def seat(client: Client) -> Callable[[User], Client]:
    def sit(user: User) -> Client:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return sit


def stand_in(client: Client, cast: Cast) -> StandIn:
    """Go through the console's page, as an agent does."""
    answer = client.post(reverse("console:stand_in", args=[cast.bakery.pk]), ASKED)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == home(cast)
    return StandIn.objects.latest("pk")


def home(cast: Cast) -> str:
    return reverse("counter:home", args=[cast.bakery.slug])


def close_the_bakery(client: Client, cast: Cast) -> int:
    address = reverse("counter:closings", args=[cast.bakery.slug])
    return client.post(address, CLOSING).status_code


def test_every_page_of_a_shop_has_said_whether_an_agent_comes_in() -> None:
    assert set(SHOP_PAGES) >= OWN_HANDS
    assert len(SHOP_PAGES) > 50


@pytest.mark.parametrize("name", SHOP_PAGES)
def test_fault_50_an_agent_opens_what_help_needs_and_nothing_else(
    name: str, cast: Cast, seat: Callable[[User], Client]
) -> None:
    rule = RULES[name]
    extra = [rule.make(cast)] if rule.make else []
    given = dict(rule.given(cast, *extra))
    data = rule.data(cast, *extra)
    helene = seat(cast.helene)

    def visit(slug: str) -> object:
        kwargs = {**given, "slug": slug} if "slug" in given else given
        return getattr(helene, rule.method)(reverse(name, kwargs=kwargs), data)

    assert visit(cast.bakery.slug).status_code == 404
    open_here(helene, cast)
    if "slug" in given:  # the bakery's things are not reached through another shop either
        assert visit(cast.bookshop.slug).status_code == 404
    answer = visit(cast.bakery.slug)
    if name in OWN_HANDS:
        assert answer.status_code == 403
        assert "Claire Fournil" in answer.content.decode()
    elif name in NEVER:
        assert answer.status_code == 404
    else:
        assert is_let_in(answer), answer.status_code


def open_here(client: Client, cast: Cast) -> None:
    """Sit down at the bakery's counter; other tests go through the form."""
    stand_in(client, cast)


def test_fault_50_everything_done_names_agent_and_merchant(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    before = Entry.objects.latest("pk").pk
    assert close_the_bakery(helene, cast) == 302
    assert ExceptionalClosing.objects.filter(establishment=cast.bakery).count() == 1
    written = Entry.objects.filter(pk__gt=before)
    assert {(one.actor_kind, one.actor_label, one.behalf_of) for one in written} == {
        ("agent", "Hélène Standard", "Claire Fournil")
    }


def test_no_page_of_the_counter_writes_in_one_name_only() -> None:
    """What an agent reaches takes its actor from the door, which knows both."""
    own = {"doors", "claiming", "team", "selling", "stopping", "paperwork"}
    folder = Path(chalandise.counter.__file__).parent
    loose = re.compile(r"Actor\.person\(|request\.user\b(?!\.is_authenticated)")
    found = [p.stem for p in sorted(folder.rglob("*.py")) if loose.search(p.read_text())]
    assert set(found) <= own


def test_every_page_says_for_whom_and_one_press_ends_it(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    pages = [
        home(cast),
        reverse("counter:shelf", args=[cast.bakery.slug]),
        reverse("counter:team", args=[cast.bakery.slug]),
        reverse("console:home"),
        reverse("console:establishment", args=[cast.bakery.pk]),
    ]
    for page in pages:
        text = helene.get(page).content.decode()
        assert "Vous agissez pour <strong>Claire Fournil</strong>" in text, page
        assert reverse("counter:leave") in text
    left = helene.post(reverse("counter:leave"))
    assert left["Location"] == reverse("console:establishment", args=[cast.bakery.pk])
    assert helene.get(home(cast)).status_code == 404
    assert "Vous agissez pour" not in helene.get(reverse("console:home")).content.decode()
    one = StandIn.objects.get()
    assert one.ended_by == "Hélène Standard"
    assert helene.post(reverse("counter:leave")).status_code == 404


def test_after_half_an_hour_nothing_more_is_done(
    cast: Cast, seat: Callable[[User], Client], freeze: Callable[[str], datetime]
) -> None:
    freeze("2026-11-24 10:00")
    helene = seat(cast.helene)
    one = stand_in(helene, cast)
    assert one.ends_at - one.opened_at == LASTS
    freeze("2026-11-24 10:29")
    assert helene.get(home(cast)).status_code == 200
    freeze("2026-11-24 10:30")
    assert close_the_bakery(helene, cast) == 302
    assert not ExceptionalClosing.objects.exists()
    assert helene.get(home(cast)).status_code == 404
    again = stand_in(helene, cast)  # what ran out is no obstacle
    assert again.pk != one.pk


def test_fault_50_a_role_taken_back_ends_it_at_once(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    StaffMember.objects.filter(user=cast.helene).delete()
    assert close_the_bakery(helene, cast) == 404
    assert not ExceptionalClosing.objects.exists()


def test_a_merchant_who_leaves_takes_the_session_along(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    Membership.objects.filter(user=cast.claire).delete()
    assert helene.get(home(cast)).status_code == 404


def test_fault_50_no_staff_acts_for_staff(cast: Cast, seat: Callable[[User], Client]) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    portals.staff(cast.claire, cast.elsewhere, StaffRole.EDITOR)
    assert helene.get(home(cast)).status_code == 404
    end_stand_in(
        StandIn.objects.get(), by=Actor.agent(cast.helene), at=StandIn.objects.get().opened_at
    )
    page = reverse("console:stand_in", args=[cast.bakery.pk])
    refused = helene.post(page, ASKED)
    assert refused.status_code == 422
    assert "on n’agit pas pour un collègue" in refused.content.decode()
    with pytest.raises(StaffShopError):
        open_here_as(cast.gilles, cast)
    assert StandIn.objects.count() == 1


def open_here_as(user: User, cast: Cast) -> StandIn:
    return open_stand_in(
        cast.bakery,
        portal=cast.lot,
        agent=user,
        reason="x",
        at=StandIn.objects.latest("pk").opened_at,
    )


def test_fault_50_one_counter_at_a_time(cast: Cast, seat: Callable[[User], Client]) -> None:
    helene = seat(cast.helene)
    stand_in(helene, cast)
    page = reverse("console:stand_in", args=[cast.bookshop.pk])
    assert helene.post(page, ASKED).status_code == 422
    with pytest.raises(AlreadyStandingInError):
        open_here_as(cast.helene, cast)
    other = seat(cast.helene)  # a second browser sits nowhere, and may end the first
    assert other.get(home(cast)).status_code == 404
    assert reverse("counter:leave") in other.get(page).content.decode()
    assert other.post(reverse("counter:leave")).status_code == 302
    assert helene.post(page, ASKED).status_code == 302
    assert StandIn.objects.count() == 2


def test_fault_50_the_desk_of_the_place_and_nobody_else(cast: Cast, freeze: object) -> None:
    at = freeze("2026-11-24 10:00")  # type: ignore[operator]
    portals.staff(cast.nadia, cast.cahors, StaffRole.AGENT)
    editor = cast.idris
    portals.staff(editor, cast.lot, StaffRole.EDITOR)
    for who, portal, shop in (
        (cast.odile, cast.lot, cast.bakery),
        (cast.odile, cast.elsewhere, cast.bakery),
        (cast.claire, cast.lot, cast.bakery),
        (editor, cast.lot, cast.bakery),
        (cast.nadia, cast.lot, cast.bakery),
        (cast.nadia, cast.cahors, cast.bookshop),
    ):
        with pytest.raises(NotFoundError):
            open_stand_in(shop, portal=portal, agent=who, reason="x", at=at)
    assert not StandIn.objects.exists()
    opened = open_stand_in(cast.bakery, portal=cast.cahors, agent=cast.nadia, reason="x", at=at)
    assert opened.merchant == cast.claire
    above = open_stand_in(cast.bakery, portal=cast.cahors, agent=cast.helene, reason="x", at=at)
    assert above.portal == cast.cahors  # a role holds downwards


def test_nobody_stands_in_where_nobody_looks_after(cast: Cast, freeze: object) -> None:
    at = freeze("2026-11-24 10:00")  # type: ignore[operator]
    unclaimed = directory.establishment("Seule", commune=territories.figeac())
    shut = directory.establishment(
        "Close",
        slug="close",
        organisation=organisations.organisation(cast.claire),
        claimed_at=at,
        status=ListingState.CLOSED,
    )
    for shop in (unclaimed, shut):
        with pytest.raises(NobodyToStandInForError):
            open_stand_in(shop, portal=cast.lot, agent=cast.helene, reason="x", at=at)


def test_the_merchant_must_ask_and_the_reason_be_said(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    page = reverse("console:stand_in", args=[cast.bakery.pk])
    helene = seat(cast.helene)
    for said in ({}, {"reason": "Aide"}, {"is_asked": "on"}, {"reason": " ", "is_asked": "on"}):
        assert helene.post(page, {**said, "x": "1"}).status_code == 422
    assert not StandIn.objects.exists()


def test_the_merchant_is_told_once_and_ends_it(cast: Cast, seat: Callable[[User], Client]) -> None:
    helene, claire = seat(cast.helene), seat(cast.claire)
    one = stand_in(helene, cast)
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind="directory.stand_in_opened")))
    letter = Message.objects.get()
    assert (letter.template, letter.to) == ("stand_in_opened", "claire@exemple.test")
    assert "Fermer demain pour deuil" in letter.text
    assert "Hélène Standard" in letter.text
    page = reverse("counter:visits", args=[cast.bakery.slug])
    assert page in letter.text
    shown = claire.get(page).content.decode()
    assert "Hélène Standard" in shown
    assert "Fermer demain pour deuil" in shown
    assert claire.post(page, {"stand_in": str(one.pk)}).status_code == 302
    assert close_the_bakery(helene, cast) == 302
    assert not ExceptionalClosing.objects.exists()
    one.refresh_from_db()
    assert one.ended_by == "Claire Fournil"
    assert "terminé à" in claire.get(page).content.decode()
    with pytest.raises(StaleStateError):
        end_stand_in(one, by=Actor.person(cast.claire), at=one.opened_at)
    verbs = Entry.objects.filter(verb__startswith="stand_in").order_by("pk")
    assert list(verbs.values_list("verb", "actor_label")) == [
        ("stand_in_opened", "Hélène Standard"),
        ("stand_in_ended", "Claire Fournil"),
    ]


def test_a_stranger_ends_nothing(cast: Cast, seat: Callable[[User], Client]) -> None:
    one = stand_in(seat(cast.helene), cast)
    idris = seat(cast.idris)
    for slug in (cast.bakery.slug, cast.bookshop.slug):
        page = reverse("counter:visits", args=[slug])
        for number in (str(one.pk), "0", "x", "9" * 30):
            assert idris.post(page, {"stand_in": number}).status_code == 404
    assert seat(cast.gilles).post(reverse("counter:leave")).status_code == 404
    one.refresh_from_db()
    assert one.ended_at is None
