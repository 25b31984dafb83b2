"""Days and hours as an e-mail says them: « mardi 1er décembre à 17 h 30 »."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def day_words(day: date, *, with_year: bool = False) -> str:
    """Return « mardi 1er décembre », followed by its year where asked."""
    speaks_french = (get_language() or "").startswith("fr")
    number = "1er" if day.day == 1 and speaks_french else str(day.day)
    words = f"{date_format(day, 'l')} {number} {date_format(day, 'F')}"
    return f"{words} {day.year}" if with_year else words


def hour_words(moment: datetime) -> str:
    """Return « 17 h 30 », never broken across lines."""
    minutes = "\u00a0i" if moment.minute else ""
    return date_format(moment, f"G\u00a0\\h{minutes}")


def moment_words(moment: datetime) -> str:
    """Return « samedi 21 novembre à 17 h 30 », in the language of the e-mail."""
    return f"{day_words(moment)} {_('at')} {hour_words(moment)}"


def promise_words(day: date) -> str:
    """Return « au plus tard mardi 1er décembre »."""
    return _("by %(day)s at the latest") % {"day": day_words(day)}
