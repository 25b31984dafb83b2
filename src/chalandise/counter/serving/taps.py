"""One press of a button at the counter: done once, answered to a page or to a telephone's queue.

Every form that acts on an order carries a key. The browser posts it as any form; `kept.js` posts it
with the header ``X-Tap`` and gets JSON, so that a press made without a line can be kept and sent
again (`fulfilment.actions.tapping`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.fulfilment.errors import (
    AgeNotCheckedError,
    CashCapError,
    NotSoldByWeightError,
    NotWeighedError,
    PaymentNeededError,
    QuestionsOpenError,
    TooEarlyToLetGoError,
    TooLateToCorrectError,
    TooManyMissingError,
    WrongWayError,
)
from chalandise.kernel.errors import ChalandiseError, NotFoundError, StaleStateError
from chalandise.kernel.money import euros
from chalandise.logistics.errors import SlotFullError, SlotGoneError, SlotsBusyError
from chalandise.ordering.errors import MoreThanStandsError, WrongCodeError
from chalandise.payments.errors import RefundTooLargeError
from chalandise.web.request import MemberRequest

KEPT = "kept"


class BadGestureError(ChalandiseError):
    """The form cannot be read as the gesture it names.

    Attributes:
        text: what to tell the merchant.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Gesture:
    """What a press means.

    Attributes:
        what: its name.
        act: what it does.
        said: what to say once it is done, or how to find out.
        url: where to go then.
    """

    what: str
    act: Callable[[], object]
    said: str | Callable[[], str]
    url: str


def perform(
    request: MemberRequest, shop: Establishment, gesture: Gesture, *, subject: str, refused_url: str
) -> HttpResponse:
    """Do what a press means, once, and answer in the way it was asked."""
    tap = Tap(
        key=key_of(request),
        establishment=shop,
        what=gesture.what,
        subject=subject,
        tapped_at=_moment_of(request),
    )
    try:
        is_first = act_once(tap, gesture.act, at=timezone.now())
    except ChalandiseError as error:
        return refuse(request, say_refusal(error), url=refused_url)
    said = gesture.said if isinstance(gesture.said, str) else gesture.said()
    if not is_first:
        said = _("This was done already; it was not done twice.")
    return _answer(request, "done" if is_first else "again", said, url=gesture.url)


def refuse(request: MemberRequest, text: str, *, url: str) -> HttpResponse:
    """Say that nothing was done, and why."""
    return _answer(request, "refused", text, url=url)


def new_key() -> str:
    """Return the key of one press, to be drawn with each form."""
    return str(uuid.uuid4())


def say_refusal(error: ChalandiseError) -> str:
    """Put into words why a gesture was not done: what happened, and what to do."""
    for kind, say in _WORDS.items():
        if isinstance(error, kind):
            return say(error)
    return _(
        "It could not be done, and nothing was changed. Try once more, or open the order again."
    )


def _say_age(error: Any) -> str:
    return _(
        "There is something in it for people of %(age)d and over: look at a proof of age,"
        " then tick the box."
    ) % {"age": error.minimum_age}


def _say_payment(error: Any) -> str:
    return _("%(sum)s are to be paid: say how they were.") % {"sum": euros(error.due_cents)}


def _say_cash(error: Any) -> str:
    cap = euros(error.cap_cents)
    return _("Above %(cap)s the law asks for another means than cash.") % {"cap": cap}


def _say_scales(error: Any) -> str:
    return _("Still to be weighed: %(names)s.") % {"names": ", ".join(error.names)}


def _say_question(error: Any) -> str:
    return _("The customer has not answered yet about: %(names)s. Wait, or go on without it.") % {
        "names": ", ".join(error.names)
    }


def _say_too_early(_error: Any) -> str:
    return _(
        "It is paid, and kept for the customer a little longer. Wait until then, or call the order"
        " off with a word why."
    )


def _say_left(error: Any) -> str:
    return ngettext(
        "Only %(left)d of it remains in this order.",
        "Only %(left)d of them remain in this order.",
        error.left,
    ) % {"left": error.left}


def _say_too_much(error: Any) -> str:
    return _("Only %(left)s of what was paid can still go back. Nothing was given back.") % {
        "left": euros(error.left_cents)
    }


def _say_moved(_error: Any) -> str:
    return _("It moved meanwhile: here is where it stands now. Nothing was done twice.")


_WORDS: dict[type[ChalandiseError], Callable[[Any], str]] = {
    BadGestureError: lambda error: str(error.text),
    WrongCodeError: lambda _error: _(
        "This code opens another order. Ask for the name, or have the code read again."
    ),
    AgeNotCheckedError: _say_age,
    PaymentNeededError: _say_payment,
    CashCapError: _say_cash,
    NotWeighedError: _say_scales,
    QuestionsOpenError: _say_question,
    TooManyMissingError: _say_left,
    TooEarlyToLetGoError: _say_too_early,
    NotSoldByWeightError: lambda _error: _(
        "This weight cannot be right: write it in grams, such as 850."
    ),
    TooLateToCorrectError: lambda _error: _(
        "It was ticked more than a day ago, and the customer counts on it: ring the customer and the"
        " shop. Nothing has changed."
    ),
    WrongWayError: lambda _error: _("This order is not given in that way."),
    SlotFullError: lambda _error: _(
        "Somebody else took the last place of this time. Nothing has moved."
    ),
    SlotGoneError: lambda _error: _("This time is no longer possible. Nothing has moved."),
    SlotsBusyError: lambda _error: _(
        "Many people are choosing just now. Nothing has moved: try again."
    ),
    MoreThanStandsError: _say_moved,
    RefundTooLargeError: _say_too_much,
    StaleStateError: _say_moved,
    NotFoundError: lambda _error: _("This is no longer there."),
}


def _answer(request: MemberRequest, state: str, text: str, *, url: str) -> HttpResponse:
    tapped = request.headers.get("X-Tap", "")
    if tapped != KEPT:
        level = messages.WARNING if state == "refused" else messages.SUCCESS
        messages.add_message(request, level, text)
    if tapped:
        return JsonResponse({"state": state, "text": text, "url": url})
    return redirect(url)


def key_of(request: MemberRequest) -> uuid.UUID:
    """Return the key a form carries; a form without one is a press of its own."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _moment_of(request: MemberRequest) -> datetime | None:
    """Return when a kept gesture was made, by the telephone's clock."""
    try:
        tapped_at = datetime.fromisoformat(request.POST.get("tapped_at", ""))
    except ValueError:
        return None
    return tapped_at if timezone.is_aware(tapped_at) else None
