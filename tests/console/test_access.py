"""Who comes in, for which portal, and what each role finds."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import accounts, operations, portals

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.portals.states import StaffRole

Sit = Callable[[User], Client]


def editor_of(cast: Cast) -> User:
    editor = accounts.user("Édith Plume", email="edith@exemple.test")
    portals.staff(editor, cast.lot, StaffRole.EDITOR)
    return editor


def test_a_visitor_is_sent_to_the_sign_in_page_without_password(client: Client, cast: Cast) -> None:
    response = client.get("/console/")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    response = client.get("/console/login/")
    assert response["Location"] == f"{reverse('account_login')}?next=/console/"


def test_a_role_opens_the_console_without_group_nor_superuser(at_desk: Sit, cast: Cast) -> None:
    assert not cast.helene.is_superuser
    assert not cast.helene.groups.exists()
    assert cast.helene.has_perm("wagtailadmin.access_admin")
    assert not cast.helene.has_perm("wagtailcore.add_page")
    assert not cast.claire.has_perm("wagtailadmin.access_admin")
    assert at_desk(cast.helene).get("/console/").status_code == 200


def test_a_person_who_left_no_longer_comes_in(at_desk: Sit, cast: Cast) -> None:
    cast.helene.portal_roles.all().delete()
    assert at_desk(cast.helene).get("/console/").status_code == 404


def test_each_sees_the_menu_of_their_role(at_desk: Sit, cast: Cast) -> None:
    agent = at_desk(cast.helene).get("/console/").content.decode()
    editor = at_desk(editor_of(cast)).get("/console/").content.decode()
    administrator = at_desk(cast.gilles).get("/console/").content.decode()
    assert "/console/demandes/" in agent
    assert "/console/portails/" not in agent
    assert "/console/selections/" in editor
    assert "/console/demandes/" not in editor
    assert "/console/portails/" in administrator


@pytest.mark.parametrize(
    "route", ["establishments", "claims", "matches", "reports", "mails", "imports", "portals"]
)
def test_an_editor_does_not_find_the_desk(at_desk: Sit, cast: Cast, route: str) -> None:
    assert at_desk(editor_of(cast)).get(reverse(f"console:{route}")).status_code == 404


def test_an_editor_writes_selections(at_desk: Sit, cast: Cast) -> None:
    assert at_desk(editor_of(cast)).get(reverse("console:selections")).status_code == 200


def test_an_editor_who_calls_the_agents_function_changes_nothing(at_desk: Sit, cast: Cast) -> None:
    address = reverse("console:move_establishment", args=[cast.bakery.pk])
    response = at_desk(editor_of(cast)).post(address, {"to": "closed"})
    assert response.status_code == 404
    assert Establishment.objects.get(pk=cast.bakery.pk).status == ListingState.PUBLISHED


def test_odile_sees_her_own_town_and_never_the_neighbours(at_desk: Sit, cast: Cast) -> None:
    operations.claim(cast.bakery, claimant_name="CANARI du Lot")
    operations.report(cast.bakery)
    odile = at_desk(cast.odile)
    page = odile.get("/console/commerces/").content.decode()
    assert "CANARI-82" in page
    assert "Au Pain de Chanvre" not in page
    assert "CANARI du Lot" not in odile.get("/console/demandes/").content.decode()
    for name in ("establishment", "claim_by_phone"):
        assert odile.get(reverse(f"console:{name}", args=[cast.bakery.pk])).status_code == 404


def test_staff_of_a_parent_act_below_and_never_the_reverse(at_desk: Sit, cast: Cast) -> None:
    local = accounts.user("Paul Grandcahors")
    portals.staff(local, cast.cahors, StaffRole.ADMINISTRATOR)
    below = at_desk(local)
    assert below.get(reverse("console:establishment", args=[cast.bakery.pk])).status_code == 200
    figeac = reverse("console:establishment", args=[cast.bookshop.pk])
    assert below.get(figeac).status_code == 404
    assert below.get(reverse("console:edit_portal", args=[cast.lot.pk])).status_code == 404
    above = at_desk(cast.gilles)
    assert above.get(reverse("console:edit_portal", args=[cast.cahors.pk])).status_code == 200


def test_the_chosen_portal_decides_what_is_listed(at_desk: Sit, cast: Cast) -> None:
    helene = at_desk(cast.helene)
    assert "Le Livre d’Olt" in helene.get("/console/commerces/").content.decode()
    helene.post("/console/portail/", {"portal": cast.cahors.pk})
    page = helene.get("/console/commerces/").content.decode()
    assert "Au Pain de Chanvre" in page
    assert "Le Livre d’Olt" not in page
    assert helene.post("/console/portail/", {"portal": cast.elsewhere.pk}).status_code == 404


def test_inside_a_sub_portal_the_menu_stays_inside(at_desk: Sit, cast: Cast) -> None:
    page = at_desk(cast.helene).get("/t/grand-cahors/console/").content.decode()
    assert "/t/grand-cahors/console/demandes/" in page
    again = at_desk(cast.helene).get("/console/").content.decode()
    assert "/t/grand-cahors/console/" not in again


@pytest.mark.parametrize(
    "path", ["pages/", "images/", "users/", "groups/", "reports/", "api/main/"]
)
def test_the_rest_of_wagtail_stays_closed(at_desk: Sit, cast: Cast, path: str) -> None:
    assert at_desk(cast.gilles).get(f"/console/{path}").status_code == 404


def test_the_policy_under_the_console_is_the_strict_one(at_desk: Sit, cast: Cast) -> None:
    policy = at_desk(cast.helene).get("/console/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy


def test_signing_out_ends_the_session(at_desk: Sit, cast: Cast) -> None:
    helene = at_desk(cast.helene)
    assert helene.post(reverse("wagtailadmin_logout")).status_code == 302
    assert helene.get("/console/").status_code == 302
