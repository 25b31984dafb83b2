"""From bytes to lines: which encoding, and no line longer than is sane."""

import codecs
import io
import re
from collections.abc import Iterator

import charset_normalizer

from chalandise.federation.errors import LimitExceededError
from chalandise.federation.readers.files import DEFAULT_LIMITS, FileLimits

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ["cp1252", "latin_1", "iso8859_15", "mac_roman", "cp850"]
_SAMPLE = 256 * 1024
_STRAY_BYTES = "chalandise.stray_bytes"


def _read_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the odd byte of an otherwise UTF-8 file as Windows would have written it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", errors="replace"), error.end


codecs.register_error(_STRAY_BYTES, _read_as_cp1252)


def detect_encoding(stream: io.BufferedReader) -> str:
    """Name the encoding of a stream from its first quarter of a megabyte, without consuming it."""
    sample = stream.peek(_SAMPLE)[:_SAMPLE]
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if guessed := _utf16_without_mark(sample):
        return guessed
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample)
    except UnicodeDecodeError as error:
        # one stray byte in a long UTF-8 text is an accident, not another encoding
        if _multibyte_count(sample) > 2 * _stray_count(sample) > 0:
            return "utf-8"
        best = charset_normalizer.from_bytes(
            sample[max(0, error.start - 4096) : error.start + 60_000], cp_isolation=_CANDIDATES
        ).best()
        found = best.encoding if best else "cp1252"
        return "cp1252" if found in {"latin_1", "iso8859_15"} else found
    return "utf-8"


def _utf16_without_mark(sample: bytes) -> str:
    even, odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    half = min(len(sample), 4096) // 2
    if half > 8 and odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if half > 8 and even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def _multibyte_count(sample: bytes) -> int:
    return len(re.findall(rb"[\xc3\xc5\xe2][\x80-\xbf]", sample))


def _stray_count(sample: bytes) -> int:
    return sample.decode("utf-8", errors="replace").count("\ufffd")


def open_lines(
    stream: io.BufferedReader,
    *,
    file_name: str,
    encoding: str = "",
    limits: FileLimits = DEFAULT_LIMITS,
) -> Iterator[str]:
    """Yield the lines of a stream with their ends, refusing one of absurd length."""
    text = io.TextIOWrapper(
        stream,
        encoding=encoding or detect_encoding(stream),
        errors=_error_handler(encoding),
        newline="",
    )
    number = 0
    while line := text.readline(limits.line_length):
        number += 1
        if len(line) >= limits.line_length and not line.endswith(("\n", "\r")):
            raise LimitExceededError(file_name, number, "line", limits.line_length)
        yield line.replace("\x00", "") if "\x00" in line else line
    text.detach()


def _error_handler(encoding: str) -> str:
    return _STRAY_BYTES if not encoding or encoding.startswith("utf-8") else "replace"
