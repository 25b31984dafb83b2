"""Nobody does by a direct request what no page offers them, at the console above all (49, 50)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.architecture.test_urls import OURS
from tests.architecture.url_policy import RULES
from tests.architecture.url_policy.rules import ANYONE, SIGNED_OUT
from tests.cast import Cast
from tests.factories import directory, operations, organisations, portals

from chalandise.accounts.models import User
from chalandise.console.listings.editing import PARTS
from chalandise.directory.models import Establishment
from chalandise.directory.states import Level
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
    """Alone or beside what is there; a town of the parent's is taken, so the form does write."""
    address = reverse("console:portal_scope", args=[cast.cahors.pk])
    before = list(cast.cahors.scope.values_list("pk", flat=True))
    gilles = sign_in(cast.gilles)
    wider = [[*kept, one] for one in ("departement-82", "commune-82121") for kept in ([], before)]
    unknown = [[one] for one in ("region-76", "nulle-part", "\x00", "x" * 90)]
    for wanted in wider + unknown:
        answer = gilles.post(address, {"territory": wanted, "save": "1"})
        assert answer.status_code == 200, wanted  # it asks again
    assert list(cast.cahors.scope.values_list("pk", flat=True)) == before
    figeac = cast.bookshop.commune_id
    sent = {"territory": [*before, figeac], "save": "1"}
    assert gilles.post(address, sent).status_code == 302
    assert set(cast.cahors.scope.values_list("pk", flat=True)) == {*before, figeac}
    assert gilles.get(reverse("console:portal_scope", args=[cast.lot.pk])).status_code == 404


def test_fault_49_a_selection_takes_no_shop_of_the_neighbour(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    chosen = operations.selection(cast.lot, cast.bakery)
    gilles = sign_in(cast.gilles)
    address = reverse("console:pick_for_selection", args=[chosen.pk])
    stranger = cast.foreign_shop
    for sent, status in (
        ({"establishment": str(stranger.pk)}, 404),
        ({"establishment": stranger.slug}, 400),
        ({"shop": str(stranger.pk), "pk": str(stranger.pk), "slug": stranger.slug}, 400),
    ):
        assert gilles.post(address, sent).status_code == status, sent
    assert gilles.post(address, {"establishment": str(cast.bookshop.pk)}).status_code == 302
    kept = SelectionItem.objects.filter(selection=chosen).values_list("establishment", flat=True)
    assert set(kept) == {cast.bakery.pk, cast.bookshop.pk}


OWN_CHANGE = {
    "contact": {"phone": "05 65 00 00 77"},
    "address": {"street": "77 rue Nouvelle"},
    "hours": {"visit": "lundi fermé, mardi au samedi 9h-12h"},
    "services": {"services": ["takeaway"]},
}
WRITTEN = {
    "contact": {"phone"},
    "address": {"street"},
    "hours": {"hours_verified_at"},
    "services": {"services", "services_verified_at"},
}


def _own_and_harmful(form: BaseForm, neighbour: Model) -> dict[str, Any]:
    """Fill a form with what it shows, and add what a neighbour's row holds in every column."""
    columns = {field.attname for field in neighbour._meta.concrete_fields}
    columns |= {field.name for field in neighbour._meta.concrete_fields}
    harm = {name: getattr(neighbour, name) for name in columns}
    harm = {name: getattr(value, "pk", value) for name, value in harm.items()}
    harm |= {"public_id": uuid4(), "siret": "99999999900011", "slug": "pris", "host": "pris.test"}
    harm |= {"status": "closed", "level": 6, "is_superuser": "1", "scope": "departement-82"}
    sent = {**harm, **{name: form.initial.get(name) for name in form.fields}}
    return {name: "" if value is None else value for name, value in sent.items()}


def _moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]} - {"updated_at"}


@pytest.mark.parametrize("part", PARTS)
def test_fault_48_the_console_changes_of_a_sheet_only_what_its_form_shows(
    cast: Cast, sign_in: Callable[..., Client], part: str
) -> None:
    """Gilles writes one thing down, with every column of a neighbour's sheet beside it."""
    gilles, row = sign_in(cast.gilles), Establishment.objects.filter(pk=cast.bakery.pk)
    Establishment.objects.filter(pk=cast.foreign_shop.pk).update(
        organisation=organisations.organisation(),
        description="Volé",
        labels=["organic"],
        services=["dine_in"],
        website="https://voisin.test/",
        email="voisin@exemple.test",
    )
    address = reverse("console:edit_establishment", args=[cast.bakery.pk, part])
    sent = _own_and_harmful(
        gilles.get(address).context["form"], Establishment.objects.get(pk=cast.foreign_shop.pk)
    )
    row.update(level=Level.CLAIMED)  # as it is computed at each writing
    before = row.values().get()
    assert gilles.post(address, {**sent, **OWN_CHANGE[part]}).status_code == 302
    assert _moved(before, row.values().get()) == WRITTEN[part]


def test_fault_48_the_console_changes_of_a_portal_only_what_its_form_shows(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    gilles, row = sign_in(cast.gilles), Portal.objects.filter(pk=cast.lot.pk)
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    sent = _own_and_harmful(gilles.get(address).context["form"], cast.elsewhere)
    sent |= {"parent": cast.elsewhere.pk, "parent_id": cast.elsewhere.pk, "commission_bp": 3000}
    before, scope = row.values().get(), set(cast.lot.scope.all())
    assert gilles.post(address, {**sent, "tagline": "Près de chez vous"}).status_code == 302
    assert _moved(before, row.values().get()) == {"tagline"}
    assert set(cast.lot.scope.all()) == scope


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
