"""Sentences for what happened, what is safe and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chalandise.directory.cleaning import Remark
from chalandise.federation.errors import (
    ArchiveRefusedError,
    BrokenFileError,
    EmptyFileError,
    ImportBusyError,
    LimitExceededError,
    MatchDecidedError,
    MissingColumnsError,
    RunWaitsError,
    UnmappedFieldError,
    UnreadableFileError,
)
from chalandise.federation.readers.records import Passed, Refusal
from chalandise.federation.reports import Outcome

REMARKS = {
    Remark.EMPTY_MARK: gettext_lazy("says nothing"),
    Remark.HTML_REMOVED: gettext_lazy("mark-up removed"),
    Remark.INVISIBLE_REMOVED: gettext_lazy("invisible characters removed"),
    Remark.ENCODING_REPAIRED: gettext_lazy("garbled accents repaired"),
    Remark.CASE_REPAIRED: gettext_lazy("capitals made readable"),
    Remark.SHORTENED: gettext_lazy("too long, shortened"),
    Remark.SECOND_PHONE: gettext_lazy("second telephone number set aside"),
    Remark.PHONE_ZERO_RESTORED: gettext_lazy("leading zero restored"),
    Remark.PHONE_UNUSUAL: gettext_lazy("unusual number, kept as it is"),
    Remark.WEBSITE_REPAIRED: gettext_lazy("web address completed"),
    Remark.WEBSITE_SOCIAL: gettext_lazy("page on a social network"),
    Remark.SECOND_WEBSITE: gettext_lazy("second web address set aside"),
    Remark.POSTAL_CODE_ZERO_RESTORED: gettext_lazy("leading zero restored"),
    Remark.POSTAL_CODE_CEDEX: gettext_lazy("CEDEX code"),
    Remark.POSTAL_CODE_MONACO: gettext_lazy("postal code of Monaco"),
    Remark.SIREN_AS_SIRET: gettext_lazy("a SIREN stands where a SIRET is expected"),
    Remark.VAT_AS_SIRET: gettext_lazy("a VAT number stands where a SIRET is expected"),
    Remark.NUMBER_ZERO_RESTORED: gettext_lazy("leading zeros restored"),
    Remark.NUMBER_FROM_SPREADSHEET: gettext_lazy("number repaired after a spreadsheet"),
    Remark.SECOND_EMAIL: gettext_lazy("second e-mail address set aside"),
    Remark.EMAIL_REPAIRED: gettext_lazy("e-mail address repaired"),
    Remark.PHONE_TRUNCATED: gettext_lazy("telephone number too short, not kept"),
    Remark.PHONE_SHORT_CODE: gettext_lazy("short number, not kept"),
    Remark.PHONE_INVALID: gettext_lazy("not a telephone number, not kept"),
    Remark.WEBSITE_INVALID: gettext_lazy("not a web address, not kept"),
    Remark.WEBSITE_DANGEROUS: gettext_lazy("dangerous address, not kept"),
    Remark.POSTAL_CODE_INVALID: gettext_lazy("not a postal code, not kept"),
    Remark.NUMBER_INVALID: gettext_lazy("not a SIRET, not kept"),
    Remark.NUMBER_DIGITS_LOST: gettext_lazy(
        "the spreadsheet lost digits of the SIRET, not kept: format the column as text"
    ),
    Remark.EMAIL_INVALID: gettext_lazy("not an e-mail address, not kept"),
}
REFUSALS = {
    Refusal.NO_NAME: gettext_lazy("no name"),
    Refusal.NOT_COMMERCE: gettext_lazy("not a shop"),
    Refusal.NO_IDENTIFIER: gettext_lazy("no valid identifier"),
    Refusal.MALFORMED: gettext_lazy("number of cells differs from the heading"),
    Refusal.DUPLICATE: gettext_lazy("already said by an earlier row"),
    Refusal.NO_COMMUNE: gettext_lazy("commune not recognised"),
    Refusal.OUT_OF_SCOPE: gettext_lazy("outside the portal"),
}
PASSED = {
    Passed.OTHER_ACTIVITY: gettext_lazy("another activity"),
    Passed.ELSEWHERE: gettext_lazy("outside the portal"),
    Passed.CLOSED_LONG_AGO: gettext_lazy("closed"),
    Passed.NO_TAGS: gettext_lazy("nothing said"),
}
OUTCOMES = {
    Outcome.CREATED: gettext_lazy("created"),
    Outcome.MATCHED: gettext_lazy("matched"),
    Outcome.UPDATED: gettext_lazy("updated"),
    Outcome.UNCHANGED: gettext_lazy("unchanged"),
    Outcome.DOUBTFUL: gettext_lazy("doubtful, to decide"),
    Outcome.REFUSED: gettext_lazy("refused, and why"),
    Outcome.CLOSED: gettext_lazy("closed by the register"),
    Outcome.WITHDRAWN: gettext_lazy("withdrawn from publication"),
    Outcome.REMOVED: gettext_lazy("no longer in the source, hidden"),
    Outcome.TO_CHECK: gettext_lazy("claimed: to check with the merchant"),
}
_ARCHIVES = {
    "broken": gettext_lazy("the archive is damaged; download it again"),
    "bomb": gettext_lazy("it swells beyond reason; check where it comes from"),
    "too_many_entries": gettext_lazy("it holds too many files; send the right one alone"),
    "encrypted": gettext_lazy("it is protected by a password; send it without"),
    "nested": gettext_lazy("it holds another archive; unpack it once"),
    "nothing_readable": gettext_lazy("it holds no CSV or JSON file"),
    "several_files": gettext_lazy("it holds several files; send one at a time"),
}
_BROKEN = {
    "pdf": gettext_lazy("this is a PDF; ask for the table as CSV"),
    "xls": gettext_lazy("this is an old Excel workbook; save it as CSV UTF-8"),
    "xlsx": gettext_lazy("this is an Excel workbook; save it as CSV UTF-8"),
    "ods": gettext_lazy("this is a LibreOffice workbook; save it as CSV UTF-8"),
    "image": gettext_lazy("this is a picture"),
    "overpass": gettext_lazy(
        "Overpass gave up before the end, so the file is incomplete; ask for a smaller area"
    ),
    "json": gettext_lazy("the JSON breaks off or is malformed; download it again"),
    "csv": gettext_lazy("a quotation mark is missing or a cell is malformed"),
    "osm": gettext_lazy("this is neither an Overpass answer nor GeoJSON"),
    "encoding": gettext_lazy("the text is not UTF-8"),
}
_LIMITS = {
    "file": gettext_lazy("the file is larger than %(limit)d bytes"),
    "line": gettext_lazy("a line is longer than %(limit)d characters"),
    "cell": gettext_lazy("a cell is longer than %(limit)d characters"),
    "columns": gettext_lazy("there are more than %(limit)d columns"),
}


def sentence_for(error: Exception) -> str:
    """Return what to tell an operator about an error of this room."""
    match error:
        case UnreadableFileError():
            where = (
                _("%(file)s, line %(line)d") % {"file": error.file_name, "line": error.line}
                if error.line
                else error.file_name
            )
            return _("%(where)s: %(what)s.") % {"where": where, "what": _file_sentence(error)}
        case RunWaitsError():
            return _waiting_sentence(error)
        case MatchDecidedError():
            return _("Somebody has already decided this pair.")
        case ImportBusyError():
            return _("Another import of this source is running. Wait for its end.")
        case _other:
            return str(error)


def _waiting_sentence(error: RunWaitsError) -> str:
    asked = _(
        "%(removed)d of the %(known)d establishments of this source (%(share).0f %%) are no "
        "longer in the file. Nothing was removed. If the file is complete, accept this in the "
        "console, or run the command again with --accept-removals."
    ) % {
        "removed": error.removed_count,
        "known": error.known_count,
        "share": error.share * 100,
    }
    if not error.unnamed_count:
        return asked
    unnamed = ngettext(
        "%(count)d refused row does not say which of them it is about: see the report.",
        "%(count)d refused rows do not say which of them they are about: see the report.",
        error.unnamed_count,
    ) % {"count": error.unnamed_count}
    return f"{asked} {unnamed}"


def _file_sentence(error: UnreadableFileError) -> str:
    match error:
        case EmptyFileError():
            return _("the file holds no row")
        case ArchiveRefusedError():
            return str(_ARCHIVES.get(error.reason, error.reason))
        case MissingColumnsError():
            return _("these columns are missing: %(missing)s. Found: %(found)s") % {
                "missing": ", ".join(error.missing),
                "found": ", ".join(error.found[:12]) + ("…" if len(error.found) > 12 else ""),
            }
        case UnmappedFieldError():
            return _(
                "no column was recognised for “%(field)s”. Give it with --map %(field)s=COLUMN "
                "(columns: %(columns)s)"
            ) % {"field": error.field, "columns": ", ".join(error.columns[:20])}
        case LimitExceededError():
            return str(_LIMITS[error.subject]) % {"limit": error.limit}
        case BrokenFileError():
            return str(_BROKEN.get(error.detail, error.detail))
        case _other:
            return _("the file cannot be read")
