"""The two forms of a withdrawal: which order, then what of it, as a form can send it without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.withdrawals import WithdrawableLine, WithdrawablePart
from chalandise.storefront.reservation_form import EMAIL_ERRORS
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web.formatting import calendar_day
from chalandise.web.line_field import LineField

EVERYTHING = "everything"


class FindForm(forms.Form):
    """What identifies an order for whoever has no account."""

    number = forms.CharField(
        label=gettext_lazy("Order number"),
        help_text=gettext_lazy("Eight letters and digits, in the confirmation e-mail."),
        error_messages={"required": gettext_lazy("Give the number of the order.")},
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("The e-mail address of the order"),
        help_text=gettext_lazy("The one the confirmation was sent to."),
        error_messages={
            "required": gettext_lazy("Give the e-mail address you ordered with."),
            "invalid": EMAIL_ERRORS["invalid"],
        },
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SentForm(forms.Form):
    """The proof that goods were sent back (L221-24): when, and the number of the parcel."""

    sent_on = forms.DateField(
        label=gettext_lazy("Sent on"),
        error_messages={
            "required": gettext_lazy("Say which day you sent them."),
            "invalid": gettext_lazy("This date cannot be read."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    tracking = forms.CharField(
        label=gettext_lazy("Carrier and number of the parcel"),
        help_text=gettext_lazy(
            "As on the receipt of the post. Keep it: the shop may ask to see it."
        ),
        error_messages={"required": gettext_lazy("Write what stands on the receipt.")},
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, withdrawal_id: int, data: object = None, *, today: date) -> None:
        super().__init__(
            data,  # type: ignore[arg-type] # a request's
            auto_id=f"sent-{withdrawal_id}-%s",  # a page asks each shop's customer, side by side
            initial={"sent_on": today},
        )
        self.today = today

    def clean_sent_on(self) -> date:
        """Refuse a day that has not come."""
        day: date = self.cleaned_data["sent_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean_tracking(self) -> str:
        """Return one line of visible text."""
        return " ".join(str(self.cleaned_data["tracking"]).split())


class SignForm(forms.Form):
    """Who withdraws, and where the acknowledgement goes (D221-5)."""

    name = LineField(
        label=gettext_lazy("Your name"),
        error_messages={"required": gettext_lazy("Give your name: the declaration bears it.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The acknowledgement goes there, with date and time."),
        error_messages={
            "required": gettext_lazy("Give an address for the acknowledgement."),
            "invalid": EMAIL_ERRORS["invalid"],
        },
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@dataclass(frozen=True)
class LineChoice:
    """One line as it may be chosen.

    Attributes:
        line: with what may still be given back.
        chosen: how many are wanted so far.
        exception: the reason of the law that the shop may object with, in words; blank for none.
        ended: the day the delay ended, in words; blank while it runs.
    """

    line: WithdrawableLine
    chosen: int
    exception: str
    ended: str

    @property
    def field(self) -> str:
        """The name of the field that holds how many."""
        return f"line-{self.line.standing.line.pk}"

    @property
    def counts(self) -> range:
        """What the list of quantities proposes."""
        return range(self.line.standing.free + 1)


@dataclass(frozen=True)
class PartChoice:
    """One shop of the order, with its lines.

    Attributes:
        is_whole: whether everything of it is ticked.
        until: the last day to withdraw, in words; blank while nothing was received.
    """

    part: MerchantOrder
    lines: tuple[LineChoice, ...]
    is_whole: bool
    until: str
    may_withdraw: bool

    @property
    def field(self) -> str:
        """The name of the box for everything of the shop."""
        return whole_field(self.part)


def whole_field(part: MerchantOrder) -> str:
    """Return the name of the box that takes everything of a shop."""
    return f"part-{part.pk}"


def line_field(line: WithdrawableLine) -> str:
    """Return the name of the field that says how many of a line."""
    return f"line-{line.standing.line.pk}"


def chosen_of(offered: Sequence[WithdrawablePart], said: Mapping[str, str]) -> dict[int, int]:
    """Return how many of which line a form asks for: the whole order, a shop's part, or lines.

    What is not a number of the list counts as nothing, and nothing is ever above what is left.
    """
    wanted: dict[int, int] = {}
    for one in offered:
        takes_all = EVERYTHING in said or whole_field(one.part) in said
        for line in one.lines:
            if not line.may_withdraw:
                continue
            typed = said.get(line_field(line), "")
            count = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
            quantity = line.standing.free if takes_all else min(count, line.standing.free)
            if quantity:
                wanted[line.standing.line.pk] = quantity
    return wanted


def only_line_of(offered: Sequence[WithdrawablePart]) -> dict[int, int]:
    """Propose the line of an order that has only one; where there are several, nothing."""
    lines = [line for one in offered for line in one.lines if line.may_withdraw]
    if len(lines) != 1:
        return {}
    return {lines[0].standing.line.pk: lines[0].standing.free}


def choices_of(
    offered: Sequence[WithdrawablePart], wanted: Mapping[int, int], said: Mapping[str, str]
) -> list[PartChoice]:
    """Return what the form shows, with what was chosen so far."""
    return [
        PartChoice(
            part=one.part,
            lines=tuple(_line(line, wanted) for line in one.lines),
            is_whole=whole_field(one.part) in said,
            until=_until(one),
            may_withdraw=one.may_withdraw,
        )
        for one in offered
    ]


def _line(line: WithdrawableLine, wanted: Mapping[int, int]) -> LineChoice:
    is_over = not line.is_open and line.last_day is not None
    return LineChoice(
        line=line,
        chosen=wanted.get(line.standing.line.pk, 0),
        exception=say_exception(line.exception),
        ended=calendar_day(line.last_day, "full") if is_over and line.last_day else "",
    )


def _until(one: WithdrawablePart) -> str:
    days = [line.last_day for line in one.lines if line.may_withdraw and line.last_day]
    return _("until %(day)s included") % {"day": calendar_day(min(days), "long")} if days else ""
