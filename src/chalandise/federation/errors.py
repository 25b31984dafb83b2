"""What can go wrong when other directories are read.

    FederationError
    ├── UnreadableFileError       this file cannot be read as asked; nothing was changed
    │   ├── EmptyFileError
    │   ├── ArchiveRefusedError
    │   ├── MissingColumnsError
    │   ├── UnmappedFieldError
    │   ├── LimitExceededError
    │   └── BrokenFileError
    ├── RunWaitsError             the run stopped and asks
    ├── RunOvertakenError         a later run of this source has spoken since
    ├── ImportBusyError           another run of this source is at work
    └── MatchDecidedError         somebody has already decided

Each carries the facts; `wording` holds the sentences.
"""

from collections.abc import Sequence

from chalandise.kernel.errors import ChalandiseError


class FederationError(ChalandiseError):
    """The root of the room's errors."""


class UnreadableFileError(FederationError):
    """A file cannot be read; `line` is where, 0 when the whole file is meant."""

    def __init__(self, file_name: str, line: int = 0) -> None:
        super().__init__(file_name, line)
        self.file_name = file_name
        self.line = line


class EmptyFileError(UnreadableFileError):
    """There is no row in the file."""


class ArchiveRefusedError(UnreadableFileError):
    """A compressed file is broken, dangerous, or holds no single readable file."""

    def __init__(self, file_name: str, reason: str) -> None:
        super().__init__(file_name)
        self.reason = reason


class MissingColumnsError(UnreadableFileError):
    """Columns that the layout promises are absent."""

    def __init__(self, file_name: str, missing: Sequence[str], found: Sequence[str] = ()) -> None:
        super().__init__(file_name, 1)
        self.missing = tuple(missing)
        self.found = tuple(found)


class UnmappedFieldError(UnreadableFileError):
    """No column was recognised for a field without which nothing can be imported."""

    def __init__(self, file_name: str, field: str, columns: Sequence[str]) -> None:
        super().__init__(file_name, 1)
        self.field = field
        self.columns = tuple(columns)


class LimitExceededError(UnreadableFileError):
    """A cell, a line, a row or the file is larger than any honest one."""

    def __init__(self, file_name: str, line: int, subject: str, limit: int) -> None:
        super().__init__(file_name, line)
        self.subject = subject
        self.limit = limit


class BrokenFileError(UnreadableFileError):
    """The file breaks off or is not of the announced kind."""

    def __init__(self, file_name: str, line: int, detail: str) -> None:
        super().__init__(file_name, line)
        self.detail = detail


class RunWaitsError(FederationError):
    """A run would remove too much of its source, or does not know what, and waits for a decision."""

    def __init__(
        self, removed_count: int, known_count: int, share: float, unnamed_count: int = 0
    ) -> None:
        super().__init__(removed_count, known_count)
        self.removed_count = removed_count
        self.known_count = known_count
        self.share = share
        self.unnamed_count = unnamed_count


class RunOvertakenError(FederationError):
    """A run waits for a decision, and a later one of its source has spoken since."""


class ImportBusyError(FederationError):
    """Another run of the same source is at work."""


class MatchDecidedError(FederationError):
    """A doubtful match was decided meanwhile."""
