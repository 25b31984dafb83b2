"""Any history of sales, refunds, payouts, disputes and nights: the books stay true (fault 21)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.factories import organisations
from tests.factories.settlements import FEE, LOAVES, WINE, given_back, sale

from chalandise.settlements.actions.closing import close_periods_of
from chalandise.settlements.actions.ledger import About, close_dispute, note_payout, open_dispute
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.errors import MoreThanStandsError
from chalandise.settlements.facts import Sale, commission_of
from chalandise.settlements.models import DailyTotal, Invoice, SalesRecord
from chalandise.settlements.queries.totals import balances_of, owed_to
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import Account, PaidBy

START = datetime(2026, 12, 29, 9, 0, tzinfo=UTC)  # a year's end comes soon


class Books(RuleBasedStateMachine):
    """A merchant's life, with a model that fits in one's head beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.shop = organisations.organisation()
        self.now = START
        self.sold: list[tuple[Sale, int]] = []  # what stands of each
        self.owed = 0
        self.disputed = 0
        self.count = 0
        self.told = 0

    def teardown(self) -> None:
        try:
            connection.check_constraints()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def _next(self) -> str:
        self.count += 1
        return str(self.count)

    @rule(
        lines=st.lists(st.sampled_from([LOAVES, WINE, FEE]), min_size=1, max_size=3),
        bp=st.sampled_from([0, 250, 999]),
        paid_by=st.sampled_from(PaidBy),
        has_mandate=st.booleans(),
    )
    def sell(self, lines: list, bp: int, paid_by: PaidBy, has_mandate: bool) -> None:
        mandatary = "Chambre" if has_mandate else ""
        made = sale(
            self.shop, *lines, at=self.now, commission_bp=bp, paid_by=paid_by, mandatary=mandatary
        )
        record_sale(made, source=f"payment:{self._next()}", at=self.now)
        self.sold.append((made, made.gross_cents))
        online = paid_by == PaidBy.ONLINE_CARD
        self.owed += (made.gross_cents if online else 0) - commission_of(made.gross_cents, bp)

    @precondition(lambda self: any(stands for _sale, stands in self.sold))
    @rule(data=st.data(), share=st.integers(1, 100))
    def give_back(self, data: st.DataObject, share: int) -> None:
        place = data.draw(st.sampled_from([n for n, one in enumerate(self.sold) if one[1]]))
        made, stands = self.sold[place]
        amount = max(stands * share // 100, 1)
        lines = data.draw(st.lists(st.sampled_from(made.lines), unique=True, max_size=2))
        refund = given_back(made, amount, *lines, at=self.now)
        source = f"refund:{self._next()}"
        record_refund(refund, source=source, at=self.now)
        record_refund(refund, source=source, at=self.now)
        self.sold[place] = (made, stands - amount)
        if made.paid_by == PaidBy.ONLINE_CARD:
            self.owed -= amount
        bp = made.commission_bp
        self.owed += commission_of(stands, bp) - commission_of(stands - amount, bp)

    @precondition(lambda self: bool(self.sold))
    @rule(data=st.data())
    def give_back_too_much(self, data: st.DataObject) -> None:
        made, stands = data.draw(st.sampled_from(self.sold))
        with pytest.raises(MoreThanStandsError):
            record_refund(given_back(made, stands + 1, at=self.now), source="x", at=self.now)

    @rule(cents=st.integers(1, 5000))
    def pay_out(self, cents: int) -> None:
        reference = f"po_{self._next()}"
        for _time in range(2):
            note_payout(self.shop.pk, cents, reference=reference, at=self.now)
        self.owed -= cents

    @precondition(lambda self: bool(self.sold))
    @rule(is_won=st.sampled_from([True, False, None]))
    def dispute(self, is_won: bool | None) -> None:
        made, _stands = self.sold[-1]
        about = About(self.shop.pk, made.reference, self.now)
        name = f"dp_{self._next()}"
        open_dispute(about, 500, dispute=name, at=self.now)
        self.disputed += 500
        if is_won is not None:
            close_dispute(about, 500, dispute=name, is_won=is_won, at=self.now)
            self.disputed -= 500
            self.owed -= 0 if is_won else 500

    @rule(hours=st.integers(1, 40))
    def sleep(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        if self.sold:
            close_periods_of(self.shop.pk, at=self.now)

    @invariant()
    def the_books_are_true(self) -> None:
        balances = balances_of(self.shop.pk)
        assert sum(balances.values()) == 0
        assert owed_to(self.shop.pk) == self.owed
        assert balances.get(Account.DISPUTES, 0) == self.disputed
        assert balances.get(Account.REFUNDS, 0) == balances.get(Account.CUSTOMER, 0) == 0
        assert verify(self.shop.pk).faults == ()
        records = SalesRecord.objects.filter(organisation=self.shop)
        assert sum(one.gross_cents for one in records) == sum(stands for _, stands in self.sold)
        for made, stands in self.sold:
            if not stands and made.mandatary:
                invoice, *notes = Invoice.objects.filter(reference=made.reference).order_by("pk")
                assert sum(note.tax_cents for note in notes) == invoice.tax_cents

    @invariant()
    def reported_days_are_the_truth(self) -> None:
        sealed = self.shop.sales_chain.closed_until if self.sold else None
        self.shop.refresh_from_db()
        if sealed is None:
            return
        told = DailyTotal.objects.filter(organisation=self.shop, on__lte=sealed)
        true = SalesRecord.objects.filter(organisation=self.shop, happened_on__lte=sealed)
        assert sum(one.gross_cents for one in told) == sum(one.gross_cents for one in true)

    @precondition(lambda self: bool(self.sold) and self.now > START + timedelta(days=40))
    @rule()
    def state(self) -> None:
        made = issue_statement(self.shop.pk, date(2026, 12, 1), date(2026, 12, 31), at=self.now)
        moved = sum(line["cents"] for line in made.lines)
        assert made.totals["opening_cents"] + moved == made.totals["closing_cents"]


Books.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)


@pytest.mark.django_db
class TestAnyHistory(Books.TestCase):  # type: ignore[misc,name-defined]
    """Run by Hypothesis."""
