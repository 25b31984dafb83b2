"""A sale, its refunds and its disputes in the books: ledger, documents, journal of sales."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import organisations
from tests.factories.settlements import FEE, LOAVES, WINE, given_back, sale

from chalandise.journal.models import OutboxEvent
from chalandise.organisations.models import Organisation
from chalandise.settlements.actions import recording
from chalandise.settlements.actions.invoicing import folder, keep_file
from chalandise.settlements.actions.ledger import (
    About,
    close_dispute,
    note_payout,
    open_dispute,
    post,
)
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.errors import MoreThanStandsError, NoSaleError, UnbalancedError
from chalandise.settlements.models import (
    Invoice,
    LedgerEntry,
    LedgerJournal,
    SalesRecord,
)
from chalandise.settlements.queries.totals import balances_of, owed_to
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import Account, InvoiceKind, JournalKind, PaidBy

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


@pytest.fixture
def bakery(db: None) -> Organisation:
    return organisations.organisation(name="Au Pain de Chanvre")


def test_a_sale_is_recorded_invoiced_and_owed(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    record = record_sale(sold, source="payment:1", at=NOW)
    assert (record.number, record.gross_cents) == (1, 2927)
    invoice = Invoice.objects.get()
    assert invoice.number == "CH-2026-F00001"
    assert (invoice.gross_cents, invoice.tax_cents) == (2927, 31 + 388)
    assert invoice.reference == sold.reference
    assert owed_to(bakery.pk) == 2927
    assert balances_of(bakery.pk)[Account.CUSTOMER] == 0
    assert balances_of(bakery.pk)[Account.CLEARING] == 2927
    events = OutboxEvent.objects.filter(kind="settlements.document_issued")
    assert [one.payload for one in events] == [{"invoice_id": invoice.pk, "kind": "invoice"}]


def test_a_sale_told_twice_is_written_once(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    first = record_sale(sold, source="payment:1", at=NOW)
    assert record_sale(sold, source="payment:1", at=LATER) == first
    back = given_back(sold, 500, at=LATER)
    refund = record_refund(back, source="refund:1", at=LATER)
    assert record_refund(back, source="refund:1", at=LATER) == refund
    counts = (SalesRecord.objects.count(), Invoice.objects.count(), LedgerJournal.objects.count())
    assert counts == (2, 2, 4)


def test_an_order_is_sold_once_whoever_tells_it(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    record_sale(sold, source="payment:1", at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        record_sale(sold, source="handover:1", at=NOW)
    assert SalesRecord.objects.count() == 1


def test_without_a_mandate_there_is_no_invoice_and_no_credit_note(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW, mandatary="")
    record_sale(sold, source="payment:1", at=NOW)
    record_refund(given_back(sold, 2927, at=NOW), source="refund:1", at=NOW)
    assert not Invoice.objects.exists()
    assert SalesRecord.objects.count() == 2
    assert owed_to(bakery.pk) == 0


def test_money_taken_in_the_shop_is_with_the_merchant_already(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW, paid_by=PaidBy.CASH, commission_bp=300)
    record_sale(sold, source="payment:1", at=NOW)
    assert owed_to(bakery.pk) == -88  # the commission, which the merchant owes
    record_refund(given_back(sold, 2927, at=NOW), source="refund:1", at=NOW)
    assert not any(balances_of(bakery.pk).values())


def test_the_commission_and_its_tax_are_frozen_with_the_sale(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW, commission_bp=500)
    record_sale(sold, source="payment:1", at=NOW)
    balances = balances_of(bakery.pk)
    assert balances[Account.COMMISSION] == -122
    assert balances[Account.COMMISSION_VAT] == -24
    assert owed_to(bakery.pk) == 2927 - 146


def test_a_credit_note_names_its_invoice_and_says_its_lines(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    record_sale(sold, source="payment:1", at=NOW)
    one_bottle = WINE.__class__("2", WINE.name, WINE.quantity / 2, 990, 2000)
    record_refund(given_back(sold, 990, one_bottle, at=LATER), source="refund:1", at=LATER)
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert note.number == "CH-2026-A00001"
    assert note.original is not None
    assert note.document["original_number"] == "CH-2026-F00001"
    assert [line["name"] for line in note.document["lines"]] == [WINE.name]
    assert (note.gross_cents, note.tax_cents) == (990, 165)
    assert owed_to(bakery.pk) == 2927 - 990


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 1500), max_size=5), commission_bp=st.sampled_from([0, 333]))
def test_fault_21_refunds_in_any_parts_bring_everything_back_to_zero(
    bakery: Organisation, cuts: list[int], commission_bp: int
) -> None:
    sold = sale(bakery, LOAVES, WINE, FEE, at=NOW, commission_bp=commission_bp)
    with transaction.atomic():
        record_sale(sold, source="payment", at=NOW)
        left = sold.gross_cents
        while left:
            amount = min(cuts.pop() if cuts else left, left)
            record_refund(given_back(sold, amount, at=NOW), source=f"refund:{left}", at=NOW)
            left -= amount
        assert not any(balances_of(bakery.pk).values())
        notes = Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE)
        invoice = Invoice.objects.get(kind=InvoiceKind.INVOICE)
        assert sum(note.gross_cents for note in notes) == invoice.gross_cents
        assert sum(note.tax_cents for note in notes) == invoice.tax_cents
        assert sum(record.commission_cents for record in SalesRecord.objects.all()) == 0
        with pytest.raises(MoreThanStandsError):
            record_refund(given_back(sold, 1, at=NOW), source="refund:more", at=NOW)
        assert verify().faults == ()
        connection.check_constraints()  # the ledger's triggers are deferred
        transaction.set_rollback(True)


def test_fault_21_more_than_stands_changes_nothing(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    with pytest.raises(NoSaleError):
        record_refund(given_back(sold, 10, at=NOW), source="refund:0", at=NOW)
    record_sale(sold, source="payment:1", at=NOW)
    record_refund(given_back(sold, 2000, at=NOW), source="refund:1", at=NOW)
    with pytest.raises(MoreThanStandsError) as refusal:
        record_refund(given_back(sold, 1000, at=NOW), source="refund:2", at=NOW)
    assert refusal.value.stands_cents == 927
    assert SalesRecord.objects.count() == 2
    assert owed_to(bakery.pk) == 927


def test_fault_21_a_refund_after_the_payout_is_owed_by_the_merchant(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW)
    record_sale(sold, source="payment:1", at=NOW)
    note_payout(bakery.pk, 2927, reference="po_1", at=NOW)
    record_refund(given_back(sold, 2927, at=LATER), source="refund:1", at=LATER)
    assert owed_to(bakery.pk) == -2927


def test_fault_23_a_payout_told_twice_is_written_once(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    for _time in range(2):
        note_payout(bakery.pk, 2000, reference="po_1", at=NOW)
    assert owed_to(bakery.pk) == 927


@pytest.mark.parametrize(("is_won", "owed"), [(True, 2927), (False, 0)])
def test_fault_25_a_dispute_is_in_the_ledger_until_it_ends(
    bakery: Organisation, is_won: bool, owed: int
) -> None:
    sold = sale(bakery, at=NOW)
    record_sale(sold, source="payment:1", at=NOW)
    about = About(bakery.pk, sold.reference, LATER)
    for _time in range(2):
        open_dispute(about, 2927, dispute="dp_1", at=LATER)
    assert balances_of(bakery.pk)[Account.DISPUTES] == 2927
    assert owed_to(bakery.pk) == 2927
    for _time in range(2):
        close_dispute(about, 2927, dispute="dp_1", is_won=is_won, at=LATER)
    assert balances_of(bakery.pk)[Account.DISPUTES] == 0
    assert owed_to(bakery.pk) == owed


def test_invariant_1_a_journal_out_of_balance_is_refused_by_us(bakery: Organisation) -> None:
    about = About(bakery.pk, "K7QF-1", NOW)
    with pytest.raises(UnbalancedError):
        post(
            JournalKind.SALE,
            [(Account.CUSTOMER, 100), (Account.MERCHANT, -99)],
            about=about,
            source="x",
            at=NOW,
        )
    assert not LedgerJournal.objects.exists()


@pytest.mark.parametrize("amounts", [[100, -99], [100], []])
def test_invariant_1_and_by_the_database(bakery: Organisation, amounts: list[int]) -> None:
    with transaction.atomic():
        journal = LedgerJournal.objects.create(
            kind=JournalKind.SALE,
            source="x",
            organisation=bakery,
            reference="K7QF-1",
            happened_at=NOW,
            written_at=NOW,
        )
        for amount in amounts:
            LedgerEntry.objects.create(
                journal=journal,
                account=Account.CUSTOMER,
                organisation=bakery,
                amount_cents=amount,
            )
        with pytest.raises(DatabaseError, match=r"sum to zero|two entries"):
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "table",
    [
        "ledgerjournal",
        "ledgerentry",
        "invoice",
        "invoicefile",
        "salesrecord",
    ],
)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM settlements_{}", "UPDATE settlements_{0} SET {1} = {1}"],
)
def test_invariant_1_what_is_written_is_never_changed(
    bakery: Organisation, table: str, statement: str
) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    keep_file(Invoice.objects.get(), at=NOW)
    column = "invoice_id" if table == "invoicefile" else "id"
    with (
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column))


@pytest.mark.django_db(transaction=True)
def test_invariant_1_no_entry_joins_a_journal_later() -> None:
    bakery = organisations.organisation()
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    journal = LedgerJournal.objects.earliest("pk")
    with pytest.raises(DatabaseError, match="is written already"), transaction.atomic():
        LedgerEntry.objects.bulk_create(
            LedgerEntry(journal=journal, account=account, organisation=bakery, amount_cents=cents)
            for account, cents in ((Account.MERCHANT, 5), (Account.CUSTOMER, -5))
        )


def test_a_crash_before_the_end_leaves_nothing_behind(
    bakery: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invoice is the last thing written: should it fail, there is no sale and no number."""

    def crash(*_args: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(recording, "invoice_for", crash)
        with pytest.raises(RuntimeError):
            record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    assert not SalesRecord.objects.exists()
    assert not LedgerJournal.objects.exists()
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    assert Invoice.objects.get().number == "CH-2026-F00001"
    assert verify().faults == ()


def test_a_number_without_its_predecessor_is_refused_by_the_database(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    first = Invoice.objects.get()
    first.pk, first.source, first.reference = None, "other", "other"
    first.sequence, first.number = 3, "CH-2026-F00003"
    with pytest.raises(DatabaseError, match="no predecessor"), transaction.atomic():
        first.save(force_insert=True)


def test_each_merchant_and_each_year_has_its_own_series(bakery: Organisation) -> None:
    other = organisations.organisation()
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 2027 in Paris
    for number, (who, at) in enumerate(
        [(bakery, NOW), (other, NOW), (bakery, NOW), (bakery, new_year)]
    ):
        record_sale(sale(who, at=at), source=f"payment:{number}", at=at)
    numbers = Invoice.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["CH-2026-F00001", "CH-2026-F00001", "CH-2026-F00002", "CH-2027-F00001"]


def test_a_number_is_not_lost_when_the_sale_is_not_written(bakery: Organisation) -> None:
    with transaction.atomic():
        record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
        transaction.set_rollback(True)
    record_sale(sale(bakery, at=NOW), source="payment:2", at=NOW)
    assert Invoice.objects.get().number == "CH-2026-F00001"


def test_the_file_is_made_once_and_kept(
    bakery: Organisation, settings: object, tmp_path: object
) -> None:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    invoice = Invoice.objects.get()
    content = keep_file(invoice, at=NOW)
    assert content.startswith(b"%PDF")
    assert keep_file(Invoice.objects.get(), at=LATER) == content
    assert (folder() / invoice.file.name).read_bytes() == content


def test_invariant_11_a_merchant_who_moves_changes_no_past_invoice(cast: Cast) -> None:
    organisation = cast.bakery.organisation
    assert organisation is not None
    record_sale(sale(organisation, at=NOW), source="payment:1", at=NOW)
    organisation.name = "Autre nom"
    organisation.save()
    assert Invoice.objects.get().document["seller"]["name"] == "Au Pain de Chanvre"
