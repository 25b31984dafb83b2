"""The desk's words for money: what was kept of a fault, why an order is to be arranged, past acts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chalandise.kernel.money import euros
from chalandise.payments.states import DiscrepancyKind

ARRANGEMENTS = {
    "slot_passed": _("The payment came after the time chosen: agree on another one."),
    "slot_lost": _("The time chosen was taken meanwhile: agree on another one."),
    "off_the_shelf": _("A product has left the shelf since: see what can replace it."),
    "basket_incomplete": _("A merchant cannot bring its part of the gift basket."),
}
FACTS_OF_MONEY = {
    "payment": _("our payment"),
    "amount_cents": _("asked"),
    "currency": _("currency asked"),
    "account": _("account asked"),
    "refund": _("our refund"),
    "refund_cents": _("to be given back"),
    "counted_cents": _("given back, as we count"),
    "found_cents": _("given back, says the bank"),
    "payout_cents": _("the payout"),
    "payout_account": _("account of the merchant at the provider"),
    "left_cents": _("taken and not given back"),
    "short_cents": _("what lacks"),
    "code": _("what the bank says"),
    "event": _("event of the bank"),
    "found_reference": _("number at the bank"),
    "found_amount_cents": _("asked, says the bank"),
    "found_captured_cents": _("taken, says the bank"),
    "found_refunded_cents": _("given back, says the bank"),
    "found_currency": _("currency, says the bank"),
    "found_account": _("account, says the bank"),
}
WHAT_HELPS = {
    DiscrepancyKind.REFUND_SHORT: _(
        "The shop gave money back at the payment service itself before. What was left is promised to"
        " the customer. Look whether they have all of theirs; if something lacks, the shop gives it"
        " back by hand. Then note it here."
    ),
    DiscrepancyKind.PAYOUT_BACK: _(
        "Ring the owners at the number of their sheet: their bank account is closed or wrong. They give"
        " another one at the payment service, from “Sell online”. Until then the money waits there, on"
        " their own balance, and the payout leaves again by itself."
    ),
    DiscrepancyKind.UNWATCHED: _(
        "Nothing is known to be wrong with the money, but nobody can tell. Often it was paid at a service"
        " that is not set up here any more: set it up again, or ask the shop what its account there says."
        " Noted here, a payment that still waits is given up."
    ),
}
MONEY_VERBS = {
    "found": _("found"),
    "placed": _("placed"),
    "became_placed": _("placed"),
    "became_accepted": _("accepted by the merchant"),
    "became_completed": _("received by the customer"),
    "became_declined": _("declined by the merchant"),
    "became_cancelled": _("called off"),
    "given_back_whole": _("given back whole"),
    "became_expired": _("never paid, let go"),
    "became_uncollected": _("never collected"),
    "became_requested": _("payment asked for"),
    "became_captured": _("payment taken"),
    "became_failed": _("payment refused"),
    "became_sent": _("refund on its way"),
    "became_done": _("refund arrived"),
    "became_refused": _("refund refused"),
    "became_resolved": _("decided"),
    "became_won": _("the bank decided for the merchant"),
    "became_lost": _("the bank decided for the cardholder"),
    "paid": _("paid"),
    "arranged": _("settled with the customer"),
    "refund_requested": _("refund promised"),
    "noted_at_counter": _("payment noted at the counter"),
    "line_missing": _("something is missing"),
    "line_gesture": _("an amount given back out of kindness"),
    "reminded": _("the customer was reminded"),
    "visit_opened": _("sent to the page of the bank"),
    "kept_longer": _("kept longer"),
    "opened": _("opened"),
    "payout_account_changed": _("the bank account for payouts changed"),
    "payouts_stopped": _("the provider stopped the payouts"),
    "payouts_let_go": _("the provider lets payouts leave again"),
    "hold_ended": _("it was the owners: let go"),
    "hold_made_longer": _("held a week more"),
}


def arrangement(code: str) -> str:
    """Return why somebody must speak with the customer."""
    return str(ARRANGEMENTS.get(code, code))


def fact_of_money(key: str, value: Any) -> tuple[str, str]:
    """Return the name and the words of one thing that was kept with a fault."""
    name = str(FACTS_OF_MONEY.get(key, key.replace("_", " ")))
    if key.endswith("_cents") and isinstance(value, int):
        return name, euros(value)
    if isinstance(value, dict):
        return name, ", ".join(f"{one} = {said}" for one, said in value.items()) or "—"
    return name, str(value) or "—"
