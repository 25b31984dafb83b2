"""The number that moves when pages may have changed costs the same however much was ever sold."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from chalandise.journal.models import OutboxEvent
from chalandise.web import freshness

pytestmark = pytest.mark.django_db


def emitted(kind: str, number: int = 1) -> None:
    OutboxEvent.objects.bulk_create(
        OutboxEvent(kind=kind, payload={}, emitted_at=timezone.now()) for _n in range(number)
    )


def read() -> freshness.Version:
    freshness.forget()
    newest, total, _epoch = freshness.version()
    return newest, total, 0


def test_what_is_sold_moves_no_page_and_what_is_shown_does() -> None:
    emitted("directory.listing_changed")
    before = read()
    emitted("ordering.order_placed", 5)
    emitted("payments.payment_captured")
    assert read() == before
    emitted("directory.listing_changed")
    assert read() != before


def test_what_commits_late_under_an_early_number_is_noticed_however_much_came_before() -> None:
    emitted("directory.listing_changed", 600)
    (number,) = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True)[5:6]
    OutboxEvent.objects.filter(pk=number).delete()  # it has its number, and is not there yet
    before = read()
    OutboxEvent.objects.create(
        pk=number, kind="directory.listing_changed", payload={}, emitted_at=timezone.now()
    )
    assert read() != before


def test_it_is_read_from_an_index_that_sales_are_not_in() -> None:
    emitted("directory.listing_changed", 20)
    emitted("ordering.order_placed", 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journal_outboxevent")
        cursor.execute("EXPLAIN " + freshness._SQL)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "journal_outbox_of_pages" in plan
