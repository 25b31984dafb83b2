"""Errors of the room.

ChalandiseError
├── WrongPassError          this QR code opens nothing here
├── PassExpiredError        it was right some minutes ago: a picture of a screen, or a slow page
├── AgeNotCheckedError      something with an age limit is in the bag
├── PaymentNeededError      it is to be paid on collection and was not
├── CashCapError            more than may be paid in cash
├── NotWeighedError         something sold by weight was not weighed
├── QuestionsOpenError      the customer has not answered yet
├── TooManyMissingError     more would be missing than was ordered
├── NotSoldByWeightError    this line has no weight to tell
├── TooEarlyToLetGoError    it was paid, and is kept for the customer for longer
├── TooLateToCorrectError   it was ticked too long ago to be taken back
└── WrongWayError           this step belongs to another way of getting the goods
"""

from __future__ import annotations

from datetime import datetime

from chalandise.kernel.errors import ChalandiseError


class WrongPassError(ChalandiseError):
    """The QR code opens nothing here."""


class PassExpiredError(ChalandiseError):
    """The QR code was right some minutes ago: a picture of a screen, or a slow page."""


class AgeNotCheckedError(ChalandiseError):
    """Something with an age limit is in the bag, and nobody looked at a proof of age.

    Attributes:
        minimum_age: the highest of the limits.
    """

    def __init__(self, minimum_age: int) -> None:
        super().__init__(f"minimum age {minimum_age}")
        self.minimum_age = minimum_age


class PaymentNeededError(ChalandiseError):
    """It is to be paid on collection, and the merchant did not say how it was.

    Attributes:
        due_cents: what remains to be paid.
    """

    def __init__(self, due_cents: int) -> None:
        super().__init__(f"{due_cents} cents due")
        self.due_cents = due_cents


class TooEarlyToLetGoError(ChalandiseError):
    """It was paid, and the time for which it is kept for the customer is not over.

    Attributes:
        kept_until: when that is over.
    """

    def __init__(self, kept_until: datetime) -> None:
        super().__init__(f"kept until {kept_until}")
        self.kept_until = kept_until


class CashCapError(ChalandiseError):
    """The sum may not be paid in cash (code monétaire et financier, L112-6).

    Attributes:
        due_cents: what is to be paid.
        cap_cents: the most that may be paid in cash.
    """

    def __init__(self, due_cents: int, cap_cents: int) -> None:
        super().__init__(f"{due_cents} cents in cash, {cap_cents} at most")
        self.due_cents = due_cents
        self.cap_cents = cap_cents


class NotWeighedError(ChalandiseError):
    """Something sold by weight was not weighed yet.

    Attributes:
        names: what remains to be weighed.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class QuestionsOpenError(ChalandiseError):
    """The customer has not answered yet.

    Attributes:
        names: what the open questions are about.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class TooManyMissingError(ChalandiseError):
    """More would be missing than was ordered.

    Attributes:
        left: how many may still be told missing.
    """

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class NotSoldByWeightError(ChalandiseError):
    """The line has no weight to tell, or no weight can be right."""


class WrongWayError(ChalandiseError):
    """This step belongs to another way of getting the goods."""


class TooLateToCorrectError(ChalandiseError):
    """What was ticked as arrived was ticked too long ago to be taken back."""
