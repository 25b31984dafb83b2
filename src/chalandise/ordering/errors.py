"""Errors of the room.

ChalandiseError
├── ReservationsNotTakenError   this establishment does not put things aside
├── OutsideHoursError           nobody is there at the wished time; carries times that work
├── ShopOverrunError            this establishment is asked too much at once, by whomever
├── WrongCodeError              the pickup code opens nothing here
├── BadQuantityError            not a whole number from 1 to 99; carries what was typed
├── NotOrderableError           this offer cannot be bought here and now; carries which
├── CartFullError               the cart holds as many different things as it can
├── EmptyCartError              there is nothing to order
├── TermsChangedError           something is not as it was shown; carries what, to be confirmed
├── CheckoutIncompleteError     a step of the checkout is missing; carries which
├── WayGoneError                a way of getting things is no longer offered; carries whose
├── DeclarationMissingError     something must be declared first; carries what
├── SlotIsFixedError            nothing is collected in a slot here, or it comes with another's
├── NoEmailError                it is paid online, and the link to pay has nowhere to go
├── PaysOnlineOnlyError         this part cannot be paid on collection; carries whose
├── OverToleranceError          the scales say more than was agreed; carries the limit
├── MoreThanStandsError         more than what is left of the line; carries both
├── AccountHeldError            something keeps a person from closing their account; carries what
├── TooLateToWithdrawError      the fourteen days are over; carries the last day
└── NothingToWithdrawError      no line was chosen
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalandise.kernel.errors import ChalandiseError, RateLimitedError


class ReservationsNotTakenError(ChalandiseError):
    """This establishment does not put things aside."""


class OutsideHoursError(ChalandiseError):
    """Nobody is there at the wished time.

    Attributes:
        wanted_at: what was wished.
        proposals: the nearest times that work.
    """

    def __init__(self, wanted_at: datetime, proposals: list[datetime]) -> None:
        super().__init__(wanted_at.isoformat())
        self.wanted_at = wanted_at
        self.proposals = proposals


class ShopOverrunError(RateLimitedError):
    """One establishment is asked too much at once, whoever asks and from wherever (fault 54)."""


class WrongCodeError(ChalandiseError):
    """The pickup code opens nothing here."""


class BadQuantityError(ChalandiseError):
    """Not a whole number from 1 to 99.

    Attributes:
        typed: what was given.
    """

    def __init__(self, typed: object) -> None:
        super().__init__(repr(typed)[:80])
        self.typed = typed


class NotOrderableError(ChalandiseError):
    """This offer cannot be bought here and now.

    Attributes:
        offer_id: which.
    """

    def __init__(self, offer_id: int) -> None:
        super().__init__(str(offer_id))
        self.offer_id = offer_id


class CartFullError(ChalandiseError):
    """The cart holds as many different things as it can."""


class EmptyCartError(ChalandiseError):
    """There is nothing to order."""


class Changed(StrEnum):
    """What may differ from what the customer was shown."""

    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"
    GONE = "gone"
    LESS_LEFT = "less_left"
    CART = "cart"
    WAY = "way"
    FEE = "fee"
    TOTAL = "total"
    ESSENTIALS = "essentials"


@dataclass(frozen=True)
class Change:
    """One thing that differs from what the customer was shown.

    Attributes:
        kind: what sort of thing.
        offer_id: the offer concerned; None where the whole is.
        name: how the customer knows it.
        was: the price in cents, or the quantity, that was shown; None where nothing was.
        now: the same as it is now.
    """

    kind: Changed
    offer_id: int | None = None
    name: str = ""
    was: int | None = None
    now: int | None = None


class TermsChangedError(ChalandiseError):
    """Something is not as it was shown: it is shown again and confirmed, never taken silently.

    Attributes:
        changes: what.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__(", ".join(f"{one.kind} {one.name}".strip() for one in changes))
        self.changes = tuple(changes)


class CheckoutIncompleteError(ChalandiseError):
    """A step of the checkout is missing.

    Attributes:
        missing: ``who``, ``address`` or ``way``.
        establishment_ids: whose ways lack.
    """

    def __init__(self, missing: str, establishment_ids: Sequence[int] = ()) -> None:
        super().__init__(missing)
        self.missing = missing
        self.establishment_ids = tuple(establishment_ids)


class WayGoneError(ChalandiseError):
    """A way of getting things is no longer offered.

    Attributes:
        establishment_ids: whose.
    """

    def __init__(self, establishment_ids: Sequence[int]) -> None:
        super().__init__(", ".join(map(str, establishment_ids)))
        self.establishment_ids = tuple(establishment_ids)


class DeclarationMissingError(ChalandiseError):
    """Something must be declared before the order.

    Attributes:
        missing: ``terms``, ``age``, or both.
        minimum_age: the age to declare.
    """

    def __init__(self, missing: Sequence[str], *, minimum_age: int = 0) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)
        self.minimum_age = minimum_age


class SlotIsFixedError(ChalandiseError):
    """There is no slot to move: it is brought, sent, or comes with another merchant's part."""


class NoEmailError(ChalandiseError):
    """It is paid online, and the link to pay has nowhere to go."""


class PaysOnlineOnlyError(ChalandiseError):
    """This part cannot be paid on collection: nobody of the shop is there to take the money.

    Attributes:
        establishment_ids: whose.
    """

    def __init__(self, establishment_ids: Sequence[int]) -> None:
        super().__init__(", ".join(map(str, establishment_ids)))
        self.establishment_ids = tuple(establishment_ids)


class OverToleranceError(ChalandiseError):
    """The scales say more than the customer agreed to.

    Attributes:
        limit_grams: the most that needs no question.
        grams: what they say.
    """

    def __init__(self, *, limit_grams: int, grams: int) -> None:
        super().__init__(f"{grams} g > {limit_grams} g")
        self.limit_grams = limit_grams
        self.grams = grams


class MoreThanStandsError(ChalandiseError):
    """More than what is left of the line.

    Attributes:
        line_id: which line.
        asked: how many.
        stands: how many are left.
    """

    def __init__(self, line_id: int, *, asked: int, stands: int) -> None:
        super().__init__(f"{line_id}: {asked} > {stands}")
        self.line_id = line_id
        self.asked = asked
        self.stands = stands


class TooLateToWithdrawError(ChalandiseError):
    """The fourteen days are over.

    Attributes:
        last_day: the last day on which it could be done.
    """

    def __init__(self, last_day: date) -> None:
        super().__init__(last_day.isoformat())
        self.last_day = last_day


class NothingToWithdrawError(ChalandiseError):
    """No line was chosen."""


class AccountHeldError(ChalandiseError):
    """Something keeps a person from closing their account.

    Attributes:
        held: what must be settled first: values of `states.Leaving`.
    """

    def __init__(self, held: Sequence[str]) -> None:
        super().__init__(", ".join(held))
        self.held = tuple(held)
