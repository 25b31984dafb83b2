"""Two at once: numbers follow one another, and without the lock they would not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connection
from tests.factories import organisations
from tests.factories.settlements import document, sale

from chalandise.organisations.models import Organisation
from chalandise.settlements.actions import invoicing, recording
from chalandise.settlements.invoicing.document import InvoiceDocument
from chalandise.settlements.models import Invoice, InvoiceSeries, SalesChain, SalesRecord
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import InvoiceKind

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def bakery(transactional_db: None) -> Organisation:
    return organisations.organisation()


@pytest.fixture
def together() -> Iterator[Barrier]:
    """Holds two threads between reading the last number and writing the next."""
    barrier = Barrier(2, timeout=1.0)
    yield barrier
    barrier.abort()


def _issue(bakery: Organisation, source: str, together: Barrier) -> str:
    def write(number: str) -> InvoiceDocument:
        _meet(together)
        return document(number=number, order_number=source)

    try:
        made = invoicing.issue_document(
            write,
            organisation_id=bakery.pk,
            kind=InvoiceKind.INVOICE,
            source=source,
            issued_on=NOW.date(),
            at=NOW,
        )
        return made.number
    except IntegrityError:
        return "refused"
    finally:
        connection.close()


def _meet(together: Barrier) -> None:
    try:
        together.wait()
    except BrokenBarrierError:
        return  # the lock kept the other one out, as it should


def _both(bakery: Organisation, together: Barrier) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(lambda source: _issue(bakery, source, together), ("a", "b")))


def test_two_invoices_at_once_follow_one_another(bakery: Organisation, together: Barrier) -> None:
    assert _both(bakery, together) == ["CH-2026-F00001", "CH-2026-F00002"]
    assert verify().faults == ()


def test_without_the_lock_on_the_series_one_of_them_fails(
    bakery: Organisation, together: Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: should this pass with both numbered, the test above proves nothing."""
    series = InvoiceSeries.objects.create(organisation=bakery, kind=InvoiceKind.INVOICE, year=2026)
    monkeypatch.setattr(
        invoicing, "lock_series", lambda *_args: InvoiceSeries.objects.get(pk=series.pk)
    )
    assert _both(bakery, together) == ["CH-2026-F00001", "refused"]
    assert Invoice.objects.count() == 1


def _record(bakery: Organisation, together: Barrier, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written = recording._append

    def slowly(chain: SalesChain, record: SalesRecord, *, at: datetime) -> SalesRecord:
        _meet(together)
        return written(chain, record, at=at)

    monkeypatch.setattr(recording, "_append", slowly)

    def one(source: str) -> str:
        try:
            sold = sale(bakery, at=NOW, reference=source, mandatary="")
            return str(recording.record_sale(sold, source=source, at=NOW).number)
        except IntegrityError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, ("a", "b")))


def test_two_sales_at_once_are_chained(
    bakery: Organisation, together: Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _record(bakery, together, monkeypatch) == ["1", "2"]
    assert verify().faults == ()


def test_without_the_lock_on_the_chain_one_of_them_fails(
    bakery: Organisation, together: Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    SalesChain.objects.create(organisation=bakery, timezone="Europe/Paris")
    monkeypatch.setattr(
        recording,
        "lock_chain",
        lambda organisation_id, **_more: SalesChain.objects.get(pk=organisation_id),
    )
    assert _record(bakery, together, monkeypatch) == ["1", "refused"]
    assert SalesRecord.objects.count() == 1
