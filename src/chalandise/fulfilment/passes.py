"""The customer's pass: a signed QR code that changes every minute (fault 86).

It names a merchant order and the minute it was drawn in. A picture of somebody's screen is worth
nothing two minutes later, and nothing at all once the goods were handed over.
"""

from __future__ import annotations

from datetime import datetime

from django.core.signing import BadSignature, Signer

from chalandise.fulfilment.errors import PassExpiredError, WrongPassError

PASS_SECONDS = 60
RECEIPT_SECONDS = 1800
_PASS = Signer(salt="fulfilment.pass", sep="~")
_RECEIPT = Signer(salt="fulfilment.receipt", sep="~")


def new_pass(merchant_order_id: int, *, at: datetime) -> str:
    """Return what the QR code of this minute says."""
    return _PASS.sign(f"{merchant_order_id:x}.{_window(at):x}")


def read_pass(text: str, *, at: datetime) -> int:
    """Return the merchant order a pass names.

    The pass of the minute before is good as well: reading and pressing take time.

    Raises:
        WrongPassError: not one of ours.
        PassExpiredError: one of ours, of some minutes ago or of a clock that runs ahead.
    """
    try:
        order, _dot, window = _PASS.unsign(text.strip()).partition(".")
        number, drawn = int(order, 16), int(window, 16)
    except (BadSignature, ValueError) as error:
        raise WrongPassError from error
    if not 0 <= _window(at) - drawn <= 1:
        raise PassExpiredError
    return number


def new_receipt(merchant_order_id: int, *, at: datetime) -> str:
    """Return the proof that a pass was read here, good while a card is looked at and paid."""
    return _RECEIPT.sign(f"{merchant_order_id:x}.{int(at.timestamp()):x}")


def is_receipt_for(merchant_order_id: int, text: str, *, at: datetime) -> bool:
    """Tell whether the pass of this very order was read here in the last half hour."""
    try:
        order, _dot, moment = _RECEIPT.unsign(text.strip()).partition(".")
        number, read_at = int(order, 16), int(moment, 16)
    except (BadSignature, ValueError):
        return False
    return number == merchant_order_id and 0 <= at.timestamp() - read_at + 1 <= RECEIPT_SECONDS


def _window(at: datetime) -> int:
    return int(at.timestamp()) // PASS_SECONDS
