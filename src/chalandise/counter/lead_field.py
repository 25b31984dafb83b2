"""The time somebody needs to get things ready, chosen in words; kept in minutes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WORDS = {
    30: gettext_lazy("30 minutes"),
    60: gettext_lazy("1 hour"),
    120: gettext_lazy("2 hours"),
    240: gettext_lazy("4 hours"),
    1440: gettext_lazy("1 day"),
    2880: gettext_lazy("2 days"),
    4320: gettext_lazy("3 days"),
    10080: gettext_lazy("1 week"),
    20160: gettext_lazy("2 weeks"),
}


class LeadField(forms.TypedChoiceField):
    """Minutes in words; what stands already is kept among the choices.

    Args:
        none: what no time at all is called.
        least: the shortest other time proposed, in minutes.
        most: the longest.
    """

    def __init__(self, *, label: Any, none: Any, least: int, most: int) -> None:
        some = [(one, words) for one, words in _WORDS.items() if least <= one <= most]
        self.proposed = [(0, none), *some]
        super().__init__(label=label, choices=self.proposed, coerce=int)

    def keep(self, minutes: int) -> None:
        """Propose a time that was chosen otherwise, too."""
        if minutes not in dict(self.proposed):
            kept = (minutes, _("%(count)d minutes") % {"count": minutes})
            self.choices = [*self.proposed, kept]
