"""Choices of settlements. The books only ever grow; due diligence is all that moves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from chalandise.kernel.transitions import Transitions


class Account(models.TextChoices):
    """The accounts of the ledger; debit is positive, credit negative."""

    CUSTOMER = "customer", pgettext_lazy("ledger", "customers")
    CLEARING = "clearing", pgettext_lazy("ledger", "at the payment provider")
    MERCHANT = "merchant", pgettext_lazy("ledger", "owed to the merchant")
    COMMISSION = "commission", pgettext_lazy("ledger", "commission")
    COMMISSION_VAT = "commission_vat", pgettext_lazy("ledger", "VAT on the commission")
    REFUNDS = "refunds", pgettext_lazy("ledger", "refunds under way")
    DISPUTES = "disputes", pgettext_lazy("ledger", "disputed with the bank")


class JournalKind(models.TextChoices):
    """What a journal of the ledger tells."""

    SALE = "sale", pgettext_lazy("ledger", "sale")
    PAYMENT = "payment", pgettext_lazy("ledger", "payment")
    COMMISSION = "commission", pgettext_lazy("ledger", "commission")
    REFUND = "refund", pgettext_lazy("ledger", "refund")
    REFUND_PAID = "refund_paid", pgettext_lazy("ledger", "refund paid")
    COMMISSION_BACK = "commission_back", pgettext_lazy("ledger", "commission given back")
    DISPUTE = "dispute", pgettext_lazy("ledger", "dispute")
    DISPUTE_WON = "dispute_won", pgettext_lazy("ledger", "dispute won")
    DISPUTE_LOST = "dispute_lost", pgettext_lazy("ledger", "dispute lost")
    PAYOUT = "payout", pgettext_lazy("ledger", "payout")
    PAYOUT_BACK = "payout_back", pgettext_lazy("ledger", "payout that came back")
    PROVIDER_FEE = "provider_fee", pgettext_lazy("ledger", "fee of the payment service")


class InvoiceKind(models.TextChoices):
    """Which of the two numbered documents it is."""

    INVOICE = "invoice", pgettext_lazy("ledger", "invoice")
    CREDIT_NOTE = "credit_note", pgettext_lazy("ledger", "credit note")


class RecordKind(models.TextChoices):
    """What a line of the journal of sales tells."""

    SALE = "sale", pgettext_lazy("ledger", "sale")
    REFUND = "refund", pgettext_lazy("ledger", "refund")


class PaidBy(models.TextChoices):
    """How the money came or went."""

    ONLINE_CARD = "online_card", pgettext_lazy("ledger", "online by card")
    CARD = "card", pgettext_lazy("ledger", "card in the shop")
    CASH = "cash", pgettext_lazy("ledger", "cash in the shop")


class Period(models.TextChoices):
    """What a closure seals."""

    DAY = "day", pgettext_lazy("ledger", "day")
    MONTH = "month", pgettext_lazy("ledger", "month")
    YEAR = "year", pgettext_lazy("ledger", "year")


class DiligenceState(models.TextChoices):
    """How far the asking for a seller's missing data has come (DAC7)."""

    ASKED = "asked", pgettext_lazy("diligence", "asked for")
    REMINDED = "reminded", pgettext_lazy("diligence", "reminded once")
    REMINDED_AGAIN = "reminded_again", pgettext_lazy("diligence", "reminded twice")
    HELD = "held", pgettext_lazy("diligence", "no new orders")
    GIVEN = "given", pgettext_lazy("diligence", "complete")


DILIGENCE_TRANSITIONS = Transitions.of(
    {
        DiligenceState.ASKED: {DiligenceState.REMINDED, DiligenceState.GIVEN},
        DiligenceState.REMINDED: {DiligenceState.REMINDED_AGAIN, DiligenceState.GIVEN},
        DiligenceState.REMINDED_AGAIN: {DiligenceState.HELD, DiligenceState.GIVEN},
        DiligenceState.HELD: {DiligenceState.GIVEN},
        DiligenceState.GIVEN: {DiligenceState.ASKED},
    }
)
