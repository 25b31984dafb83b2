"""The cast that tests are given is what its factories make, each time anew (`tests/doubles.py`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ForeignKey, Model
from tests.cast import Cast, bring_on_stage
from tests.doubles import Double, tables
from tests.factories import catalogue, territories

from chalandise.accounts.models import User
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.catalogue.models import ProductCategory
from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal

pytestmark = pytest.mark.django_db

DRAWN = ("id", "public_id", "created_at", "updated_at", "password")


def told_of(row: Model, *, depth: int = 2) -> dict[str, Any]:
    """What a row says, and the rows that it names, but for what is drawn or read from the clock."""
    told: dict[str, Any] = {}
    for one in row._meta.concrete_fields:
        if isinstance(one, ForeignKey):
            named = getattr(row, one.name)
            told[one.name] = told_of(named, depth=depth - 1) if named and depth else None
        elif one.name not in DRAWN:
            value = str(getattr(row, one.name))
            told[one.name] = "Maison" if value.startswith("Maison ") else value  # these are counted
    return told


def stage() -> dict[str, list[dict[str, Any]]]:
    """Every row of the database."""
    rows = {name: [told_of(row) for row in model._base_manager.order_by("pk")]
            for name, model in tables().items()}  # fmt: skip
    return {name: told for name, told in rows.items() if told}


def test_a_copy_is_what_the_factories_make() -> None:
    seen = []
    for make in (bring_on_stage, Double(bring_on_stage).again):
        with transaction.atomic():
            cast = make()
            people = [told_of(getattr(cast, one.name)) for one in fields(Cast)]
            seen.append((people, stage()))
            for one in fields(Cast):
                row = getattr(cast, one.name)
                assert told_of(row) == told_of(type(row)._base_manager.get(pk=row.pk))
            assert cast.cahors.parent is cast.lot
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_each_copy_has_keys_of_its_own_and_so_has_what_comes_after() -> None:
    double, keys, numbers = Double(bring_on_stage), [], set()
    for _again in range(3):
        with transaction.atomic():
            cast = double.again()
            keys += [cast.lot.pk, cast.cahors.pk, Portal.objects.create(name="x", slug="x").pk]
            numbers.add(cast.bakery.public_id)
            transaction.set_rollback(True)
    assert keys == sorted(set(keys))
    assert len(numbers) == 3


def test_a_copy_is_as_old_as_the_test(freeze: Callable[[str], datetime]) -> None:
    double = Double(bring_on_stage)
    for day in ("2026-11-18 10:30", "2027-01-02 08:00"):
        now = freeze(day)
        with transaction.atomic():
            cast = double.again()
            kept = Establishment.objects.get(pk=cast.bakery.pk)
            assert now - timedelta(seconds=30) < cast.claire.created_at < now
            assert User.objects.order_by("-created_at").latest("created_at") == cast.nadia
            assert (
                kept.claimed_at
                == cast.bakery.claimed_at
                == datetime.fromisoformat("2026-09-01T07:00Z")
            )
            transaction.set_rollback(True)


def test_where_rows_are_there_already_the_factories_make_the_rest() -> None:
    double = Double(bring_on_stage)
    with transaction.atomic():
        double.again()
        transaction.set_rollback(True)
    there = territories.occitanie()
    assert territories.lot().region == there
    assert list(double.again().lot.scope.all()) == [territories.lot()]
    assert Double(territories.lot).again() == territories.lot()


def test_the_shipped_categories_are_those_of_the_package() -> None:
    told = []
    for load in (
        lambda: load_product_categories(by=catalogue.BY, at=catalogue.SINCE),
        catalogue.categories,
    ):
        with transaction.atomic():
            load()
            told.append([told_of(one) for one in ProductCategory.objects.order_by("pk")])
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert len(told[0]) > 20
