"""Nobody does by a direct request what no page offers them, at the console above all (49, 50)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.architecture.test_urls import OURS
from tests.architecture.url_policy import RULES
from tests.architecture.url_policy.rules import ANYONE, SIGNED_OUT
from tests.cast import Cast
from tests.factories import directory, operations, portals

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.editorial.models import SelectionItem
from chalandise.journal.models import Entry
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.states import StaffRole

BACKEND = "django.contrib.auth.backends.ModelBackend"
COUNTED_ONLY = {"journal_ratebucket"}  # an attempt is counted whoever makes it


def fingerprint() -> dict[str, Any]:
    """Say what every table of ours holds, in one number each."""
    tables = sorted(
        {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model.__module__.startswith("chalandise.") and not model._meta.proxy
        }
        - COUNTED_ONLY
    )
    parts = [
        "SELECT %s, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) "  # noqa: S608
        f"FROM {table} t"  # the name of a table of ours
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), tables)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def is_refused(response: HttpResponse) -> bool:
    to_sign_in = response.headers.get("Location", "").startswith(reverse("account_login"))
    return response.status_code in {403, 404} or to_sign_in


@pytest.mark.parametrize("face", ["console", "counter", "storefront"])
def test_fault_49_who_may_not_changes_nothing_by_any_method(cast: Cast, face: str) -> None:
    """Every address × everybody who may not × each method and shape: refused, and no row moved."""
    faults = []
    tried = 0
    clients = {who: _signed_in(cast, who) for who in ANYONE}
    for name in [one for one in OURS if one.startswith(f"{face}:")]:
        rule = RULES[name]
        strangers = sorted(ANYONE - rule.may)
        if not strangers:
            continue
        with transaction.atomic():
            extra = [rule.make(cast)] if rule.make else []
            address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
            data = {**rule.data(cast, *extra), "save": "1", "do": "yes", "is_accepted": "1"}
            before = fingerprint()
            for who in strangers:
                for answer in (
                    clients[who].post(address, data, headers={"HX-Request": "true"}),
                    clients[who].delete(address),
                ):
                    tried += 1
                    if not is_refused(answer) and answer.status_code != 405:
                        faults.append(f"{name} {who}: {answer.status_code}")
            if (after := fingerprint()) != before:
                moved = [table for table in before if before[table] != after[table]]
                faults.append(f"{name}: {moved} changed")
            transaction.set_rollback(True)
    assert not faults, faults
    assert tried > 4
    nobody = [who for who, client in clients.items() if SESSION_KEY not in client.session]
    assert nobody == [SIGNED_OUT]  # the others were refused as who they are


def _signed_in(cast: Cast, who: str) -> Client:
    """Open somebody's browser."""
    client = Client(SERVER_NAME="localhost")
    if who != SIGNED_OUT:
        client.force_login(getattr(cast, who), backend=BACKEND)
    return client


def test_fault_49_an_agent_appoints_nobody_and_an_administrator_only_below(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    asked = {"email": "nadia@exemple.test", "name": "N", "role": "administrator"}
    for who, portal in (
        (cast.helene, cast.lot),
        (cast.gilles, cast.elsewhere),
        (cast.odile, cast.lot),
        (cast.odile, cast.cahors),
        (cast.claire, cast.lot),
    ):
        response = sign_in(who).post(reverse("console:appoint_staff", args=[portal.pk]), asked)
        assert response.status_code == 404, who
    assert StaffMember.objects.count() == 3
    below = sign_in(cast.gilles).post(
        reverse("console:appoint_staff", args=[cast.cahors.pk]), asked
    )
    assert below.status_code == 302
    assert StaffMember.objects.get(user=cast.nadia).portal == cast.cahors
    assert not User.objects.get(pk=cast.nadia.pk).is_superuser


def test_fault_49_staff_of_a_child_does_not_act_in_its_parent(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    portals.staff(cast.nadia, cast.cahors, StaffRole.ADMINISTRATOR)
    nadia = sign_in(User.objects.get(pk=cast.nadia.pk))
    figeac = directory.establishment("Hors du Grand Cahors", commune=cast.bookshop.commune)
    for name, pk in (
        ("console:portal", cast.lot.pk),
        ("console:edit_portal", cast.lot.pk),
        ("console:portal_scope", cast.lot.pk),
        ("console:portal_scope", cast.cahors.pk),  # one's own scope is not one's own to widen
        ("console:establishment", figeac.pk),
        ("console:establishment", cast.foreign_shop.pk),
        ("console:claim_by_phone", figeac.pk),
        ("console:report", operations.report(figeac).pk),
        ("console:claim", operations.claim(figeac).pk),
    ):
        for response in (nadia.get(reverse(name, args=[pk])), nadia.post(reverse(name, args=[pk]))):
            assert response.status_code == 404, name
    chosen = nadia.post(reverse("console:switch"), {"portal": str(cast.lot.pk)})
    assert chosen.status_code == 404
    assert nadia.get(reverse("console:establishment", args=[figeac.pk])).status_code == 404
    assert nadia.get(reverse("console:categories")).status_code == 404  # the platform shares them


def test_fault_49_a_scope_is_never_wider_than_its_parents(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    before = list(cast.cahors.scope.values_list("pk", flat=True))
    gilles = sign_in(cast.gilles)
    for wanted in ("departement-82", "region-76", "commune-82121", "nulle-part", "\x00", "x" * 90):
        gilles.post(
            reverse("console:portal_scope", args=[cast.cahors.pk]),
            {"territory": wanted, "save": "1"},
        )
    assert list(cast.cahors.scope.values_list("pk", flat=True)) == before
    assert gilles.get(reverse("console:portal_scope", args=[cast.lot.pk])).status_code == 404


def test_fault_49_a_selection_takes_no_shop_of_the_neighbour(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    chosen = operations.selection(cast.lot, cast.bakery)
    gilles = sign_in(cast.gilles)
    address = reverse("console:pick_for_selection", args=[chosen.pk])
    for field in ("establishment", "shop", "pk", "slug"):
        for value in (cast.foreign_shop.pk, cast.foreign_shop.slug):
            assert gilles.post(address, {field: str(value)}).status_code < 500
    kept = SelectionItem.objects.filter(selection=chosen).values_list("establishment", flat=True)
    assert list(kept) == [cast.bakery.pk]


def test_fault_48_the_console_changes_only_what_its_form_shows(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    """Gilles edits his portal and a sheet, with every field of the tables added."""
    harm: dict[str, Any] = {
        field.name: "1"
        for model in (Portal, Establishment)
        for field in model._meta.concrete_fields
    }
    harm |= {"slug": "pris", "host": "pris.test", "parent": str(cast.elsewhere.pk)}
    harm |= {"organisation": "1", "organisation_id": "1", "status": "closed", "public_id": "1"}
    gilles = sign_in(cast.gilles)
    portal_before = Portal.objects.values("slug", "host", "parent", "is_open").get(pk=cast.lot.pk)
    before = Establishment.objects.values("slug", "organisation", "status", "public_id", "level")
    sheet_before = before.get(pk=cast.bakery.pk)
    page = gilles.get(reverse("console:edit_portal", args=[cast.lot.pk]))
    shown = set(page.context["form"].fields)
    assert not shown & {"parent", "scope", "is_superuser"}
    edited = gilles.post(
        reverse("console:edit_portal", args=[cast.lot.pk]), {**harm, "name": "Lot"}
    )
    assert edited.status_code < 500
    for part in ("identity", "address", "contact", "description", "services", "name", "category"):
        address = reverse("console:edit_establishment", args=[cast.bakery.pk, part])
        assert gilles.post(address, harm).status_code < 500
    assert before.get(pk=cast.bakery.pk) == sheet_before
    now = Portal.objects.values("slug", "host", "parent", "is_open").get(pk=cast.lot.pk)
    assert now["parent"] == portal_before["parent"]
    assert now["slug"] == portal_before["slug"]


def test_fault_50_nobody_enters_a_counter_in_anothers_name(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    """Without a session opened for a reason (`tests/counter/test_standing_in.py`), no counter opens."""
    root = User.objects.create_superuser("racine@exemple.test", "Racine")
    for who in (cast.helene, cast.gilles, cast.odile, root):
        client = sign_in(who)
        for extra in ({}, {"as": "claire@exemple.test"}, {"user": str(cast.claire.pk)}):
            response = client.get(f"/comptoir/{cast.bakery.slug}/", extra)
            assert response.status_code == 404
        headers = {"X-User": "claire@exemple.test", "X-Remote-User": "claire@exemple.test"}
        assert client.get(f"/comptoir/{cast.bakery.slug}/", headers=headers).status_code == 404


def test_fault_50_what_an_agent_does_for_a_merchant_names_both(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    shop = directory.establishment("À reprendre", slug="a-reprendre")
    address = reverse("console:claim_by_phone", args=[shop.pk])
    helene = sign_in(cast.helene)
    fields = helene.get(address).context["form"].fields
    said = {"name": "Paul Vannier", "email": "paul@exemple.test", "phone": "05 65 00 00 09"}
    boxes = {name: "on" for name, one in fields.items() if one.widget.input_type == "checkbox"}
    response = helene.post(address, {**said, **boxes})
    assert response.status_code == 302, response.context["form"].errors
    entry = Entry.objects.get(subject=f"directory.establishment:{shop.pk}", verb="claimed")
    assert (entry.actor_reference, entry.behalf_of) == (str(cast.helene.pk), "Paul Vannier")
    assert "Hélène" in entry.actor_label
    assert helene.get(f"/comptoir/{shop.slug}/").status_code == 404
