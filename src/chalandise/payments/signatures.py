"""Checking the header ``t=<seconds>,v1=<hex>…`` of an event.

A header is good when one of its ``v1`` is the HMAC-SHA256 of ``t.body`` under one of our secrets
and ``t`` lies within five minutes of our clock, before or after: an event from the future is a
replay in waiting, or a clock to mend.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from chalandise.payments.errors import EventNotGenuineError

TOLERANCE_SECONDS = 300
LONGEST_HEADER = 2000
LONGEST_BODY = 512 * 1024


def check(header: str, body: bytes, *, secrets: Sequence[str], at: datetime) -> None:
    """Make sure that ``body`` was signed by somebody who knows a secret of ours, just now.

    Raises:
        EventNotGenuineError: it was not.
    """
    check_shape(header, body)
    seconds, marks = read_header(header)
    signed = b"%d." % seconds + body
    good = [hmac.new(one.encode(), signed, hashlib.sha256).hexdigest() for one in secrets if one]
    if not sum(hmac.compare_digest(mark, one) for mark in marks for one in good):
        raise EventNotGenuineError("signature")
    check_age(seconds, at=at)


def check_shape(header: str, body: bytes) -> None:
    """Refuse what is too large to be worth reading, and headers no sender of ours writes.

    Raises:
        EventNotGenuineError: it is.
    """
    if not header.isascii() or len(header) > LONGEST_HEADER or len(body) > LONGEST_BODY:
        raise EventNotGenuineError("shape")


def read_header(header: str) -> tuple[int, list[str]]:
    """Return the seconds and the marks of a header, which names each part as ``name=value``.

    Raises:
        EventNotGenuineError: it has not exactly one time, written in plain digits.
    """
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _equals, value in parts if name.strip() == "t"]
    marks = [value.strip() for name, _equals, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12:
        raise EventNotGenuineError("signature")
    return int(times[0]), marks


def check_age(seconds: int, *, at: datetime) -> None:
    """Refuse what was signed too long ago, or too far ahead of our clock.

    Raises:
        EventNotGenuineError: it was.
    """
    if abs(at.timestamp() - seconds) > TOLERANCE_SECONDS:
        raise EventNotGenuineError("age")
