"""The form of « Mettez-le-moi de côté »: what, when, and how to answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.directory.models import Establishment
from chalandise.ordering.queries.reservations import proposed_times
from chalandise.storefront.phone_field import PhoneField
from chalandise.web.formatting import calendar_day, clock
from chalandise.web.line_field import LineField

Group = tuple[str, list[tuple[str, str]]]
EMAIL_ERRORS = {
    "required": gettext_lazy("Give an e-mail address: the answer goes there."),
    "invalid": gettext_lazy("This address is not complete: it looks like name@example.com."),
}


class ReservationForm(forms.Form):
    """What is wished, when, and how to answer."""

    text = forms.CharField(
        label=gettext_lazy("What should be put aside?"),
        help_text=gettext_lazy("One sentence is enough. Say how many, which size, which colour."),
        error_messages={"required": gettext_lazy("Say what should be put aside.")},
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = forms.FileField(
        label=gettext_lazy("A photograph"),
        help_text=gettext_lazy("If it helps: the label, the shelf, the page of a catalogue."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    wanted_at = forms.ChoiceField(
        label=gettext_lazy("When would you come?"),
        error_messages={
            "required": gettext_lazy("Choose a day and a time."),
            "invalid_choice": gettext_lazy("This time is no longer proposed. Choose another one."),
        },
    )
    name = LineField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As you will say it at the counter."),
        error_messages={"required": gettext_lazy("Give a name to be called by.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("For the answer, and for nothing else."),
        error_messages=EMAIL_ERRORS,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Your telephone number"),
        help_text=gettext_lazy("If the shop has a quick question."),
        required=False,
    )

    def __init__(self, *args: Any, times: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[Any] = [("", _("Choose a day and a time")), *times]
        self.fields["wanted_at"].choices = choices  # type: ignore[attr-defined] # a ChoiceField

    def clean_text(self) -> str:
        """Refuse a text of blanks and the character that PostgreSQL refuses."""
        return str(self.cleaned_data["text"]).replace("\x00", "").strip()


def time_choices(shop: Establishment, at: dt.datetime) -> list[Group]:
    """Return the times that may be wished, by day, in the shop's own time zone."""
    groups: list[Group] = []
    for day in proposed_times(shop, at):
        times = [(moment.isoformat(), clock(moment.time())) for moment in day.times]
        if times:
            groups.append((calendar_day(day.on, "weekday").capitalize(), _told_apart(times)))
    return groups


def _told_apart(times: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tell apart the hour that comes twice on the last Sunday of October."""
    told: dict[str, str] = {}
    for value, label in times:
        again = label in told.values()
        told[value] = _("%(time)s (winter time)") % {"time": label} if again else label
    return list(told.items())
