"""Card numbers of the simulated bank and what each of them does.

The numbers pass the checksum (ISO/IEC 7812) and belong to nobody; where Stripe documents a test
number for the same situation, ours is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chalandise.bank.errors import CardNotReadableError
from chalandise.bank.states import FaultKind

SHORTEST, LONGEST = 12, 19
CODE_DIGITS = (3, 4)


@dataclass(frozen=True)
class Scenario:
    """What happens to whoever pays with one number.

    Attributes:
        number: the card number.
        label: what the demonstration says about it.
        needs_challenge: the cardholder must confirm (strong authentication).
        decline: the reason of the refusal, empty when the bank accepts.
        ceiling_cents: charges are accepted until their sum exceeds this.
        faults: what goes wrong after the money was taken.
    """

    number: str
    label: str | Promise
    needs_challenge: bool = False
    decline: str = ""
    ceiling_cents: int | None = None
    faults: tuple[FaultKind, ...] = ()


def luhn_digit(digits: str) -> str:
    """Return the last digit that makes ``digits`` a valid number."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_card_number(number: str) -> bool:
    """Tell whether the length and the checksum are those of a card number."""
    if not (number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST):
        return False
    return luhn_digit(number[:-1]) == number[-1]


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("4000002760003184", _("paid after your confirmation"), needs_challenge=True),
    Scenario("4242424242424242", _("paid at once")),
    Scenario("4000000000000002", _("refused by the bank"), decline="generic_decline"),
    Scenario("4000000000009995", _("refused: not enough money"), decline="insufficient_funds"),
    Scenario("4000000000000069", _("refused: card expired"), decline="expired_card"),
    Scenario(
        "4000008260003178",
        _("confirmed, then refused: not enough money"),
        needs_challenge=True,
        decline="insufficient_funds",
    ),
    Scenario(
        "4000000000003055", _("ceiling of €30: some shops paid, others not"), ceiling_cents=3000
    ),
    Scenario(
        "4000000000000259", _("paid, then disputed by the cardholder"), faults=(FaultKind.DISPUTE,)
    ),
    Scenario(
        "4000000000003220",
        _("paid, but the way back is lost and the news comes late"),
        faults=(FaultKind.TIMEOUT_AFTER_CAPTURE,),
    ),
    Scenario("4000000000003063", _("paid, and told three times"), faults=(FaultKind.DUPLICATE,)),
    Scenario(
        "4000000000003089", _("paid, but another amount is taken"), faults=(FaultKind.WRONG_AMOUNT,)
    ),
)
_BY_NUMBER = {one.number: one for one in SCENARIOS}
_ORDINARY = Scenario("", _("paid after your confirmation"), needs_challenge=True)


@dataclass(frozen=True)
class Card:
    """A card as typed and checked; only its last four digits are ever kept."""

    scenario: Scenario
    last_four: str


def read_card(number: str, *, month: int, year: int, code: str, on: date) -> Card:
    """Check what was typed.

    Raises:
        CardNotReadableError: the number, the expiry or the code cannot be right.
    """
    digits = "".join(number.split()).replace("-", "")
    if not is_card_number(digits):
        raise CardNotReadableError("number")
    if not 1 <= month <= 12 or (year, month) < (on.year, on.month) or year > on.year + 20:
        raise CardNotReadableError("expiry")
    if not (code.isascii() and code.isdigit() and len(code) in CODE_DIGITS):
        raise CardNotReadableError("code")
    return Card(_BY_NUMBER.get(digits, _ORDINARY), digits[-4:])


def scenario_of(number: str) -> Scenario:
    """Return what a number does; any number not listed pays after a confirmation."""
    return _BY_NUMBER.get(number, _ORDINARY)
