"""What the command line says of an error that no command foresaw: a sentence, not its inside.

The whole error goes to the log, at the level `DEBUG` (`CHALANDISE_LOG_LEVEL=DEBUG`).
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.config.embedded import EmbeddedPostgresError
from chalandise.config.env import SettingError
from chalandise.kernel.errors import (
    ChalandiseError,
    NotAllowedError,
    NotFoundError,
    RateLimitedError,
    StaleStateError,
)

_GONE = ("08", "28", "3D", "57P")  # no connection, not let in, no such database, shutting down
_LACKING = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
    psycopg.errors.InvalidSchemaName,
)
_NOT_OURS = (  # the machine, or who keeps it, must do something: no fault of a statement
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
)


def said_of(error: BaseException) -> str | None:
    """Return what happened, what is safe and what to do; None for a fault of the program."""
    if isinstance(error, SettingError | EmbeddedPostgresError):
        return str(error)
    if isinstance(error, ChalandiseError):
        return f"{_refusal(error)} {_undone()} {_whole()}"
    cause = next((one for one in _causes(error) if isinstance(one, psycopg.Error)), None)
    return _of_the_database(cause) if cause is not None else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_the_database(error: psycopg.Error) -> str | None:
    if isinstance(error, _LACKING):
        what = _("The database is not at this release: something that the command needs lacks.")
        remedy = _(
            "Run “chalandise migrate”, then ask again; “chalandise doctor” says what still lacks."
        )
        return f"{what} {_undone()} {remedy}"
    if not isinstance(error, _NOT_OURS):
        return None
    if not error.sqlstate or error.sqlstate.startswith(_GONE):
        what = _("The database does not answer.")
        remedy = _(
            "See whether PostgreSQL runs and DATABASE_URL names it: “chalandise doctor” tells why it "
            "does not answer."
        )
        return f"{what} {_undone()} {remedy}"
    what = _("The database could not do what was asked (code %(code)s).") % {"code": error.sqlstate}
    remedy = _("Ask again; should it come back, “chalandise doctor” looks at the whole deployment.")
    return f"{what} {_undone()} {remedy} {_whole()}"


def _refusal(error: ChalandiseError) -> str:
    match error:
        case NotFoundError():
            return _("What the command names does not exist.")
        case NotAllowedError():
            return _("This may not be done.")
        case StaleStateError():
            return _(
                "Somebody else has changed the same thing meanwhile: look at it, then ask again."
            )
        case RateLimitedError():
            return ngettext(
                "Too many tries in a short time: ask again in %(count)d second.",
                "Too many tries in a short time: ask again in %(count)d seconds.",
                error.retry_after_seconds,
            ) % {"count": error.retry_after_seconds}
        case _:
            return _("This was refused (%(kind)s).") % {"kind": type(error).__name__}


def _undone() -> str:
    return _("What was not finished is undone; what was kept before stays as it was.")


def _whole() -> str:
    return _("CHALANDISE_LOG_LEVEL=DEBUG in front of the command shows the whole error.")
