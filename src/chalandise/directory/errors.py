"""Errors of the room.

ChalandiseError
├── BadFactError        a value that may not enter the directory, and why
├── AlreadyClaimedError the sheet is looked after by somebody else; the operator decides
├── WrongCodeError      the code is not the right one; carries how many tries are left
├── ClaimOverError      the code has expired, was used or was tried too often
├── MisplacedCategoryError a leaf without branch, or a branch inside another
├── NeededCategoryError a category that may not be retired: shops would have nowhere to stand
├── AlreadyRetiredError a category that is retired already, with nothing to take its place from now on
├── SharedCategoriesError several portals share the categories; who acts administers not all of them
├── NobodyToStandInForError nobody looks after the sheet: there is no counter to open
├── StaffShopError      who looks after the sheet is staff, and no staff acts for other staff
├── AlreadyStandingInError the agent sits at a counter already: that one is ended first
└── PictureRefusedError the file is no picture that can be shown, and why
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class BadFactError(ChalandiseError):
    """A value that may not enter the directory.

    Attributes:
        field: the name of the fact.
        reason: a stable word: ``unknown_field``, ``missing``, ``too_long``, ``bad_url``,
            ``unknown_value``, ``mixed_alphabets``, ``bad_hours``.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class AlreadyClaimedError(ChalandiseError):
    """Somebody else already looks after the sheet."""


class WrongCodeError(ChalandiseError):
    """The code is not the right one.

    Attributes:
        attempts_left: how many tries remain.
    """

    def __init__(self, attempts_left: int) -> None:
        super().__init__(f"{attempts_left} attempts left")
        self.attempts_left = attempts_left


class ClaimOverError(ChalandiseError):
    """The code can no longer be used: expired, used, or tried too often."""


class MisplacedCategoryError(ChalandiseError):
    """A category cannot stand there: leaves stand in branches, branches stand alone.

    Attributes:
        category: its key.
        parent: the key of the place it was to stand in, empty for none.
    """

    def __init__(self, category: str, parent: str) -> None:
        super().__init__(f"{category} in {parent or 'nothing'}")
        self.category = category
        self.parent = parent


class AlreadyRetiredError(ChalandiseError):
    """A category is retired already, and what takes its place stays.

    Attributes:
        category: its key.
    """

    def __init__(self, category: str) -> None:
        super().__init__(category)
        self.category = category


class NeededCategoryError(ChalandiseError):
    """A branch, or the category of shops of an unknown trade: neither may be retired.

    Attributes:
        category: its key.
    """

    def __init__(self, category: str) -> None:
        super().__init__(category)
        self.category = category


class SharedCategoriesError(ChalandiseError):
    """Somebody who does not administer every portal that shares the categories may not change them."""


class NobodyToStandInForError(ChalandiseError):
    """Nobody looks after the sheet, so there is no counter to open."""


class StaffShopError(ChalandiseError):
    """Somebody who looks after the sheet is staff of a portal."""


class AlreadyStandingInError(ChalandiseError):
    """The agent sits at a merchant's counter already."""


class PictureRefusedError(ChalandiseError):
    """The file cannot be shown as a picture.

    Attributes:
        reason: a stable word: ``too_heavy``, ``not_a_picture``, ``too_large``, ``too_small``,
            ``too_long``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
