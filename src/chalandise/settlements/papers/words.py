"""What the papers for customers have in common: the seller as kept with the order, plain text, moments."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import strip_tags
from django.utils.translation import pgettext

from chalandise.kernel.money import euros
from chalandise.settlements.words import day_in_words, in_groups, phone_in_words

_ENDS = re.compile(r"</(?:p|li|h[1-6]|div|tr)>|<br\s*/?>", re.IGNORECASE)
_BLANKS = re.compile(r"\n\s*\n+")


def seller_lines(seller: dict[str, Any], shop_name: str) -> tuple[str, ...]:
    """Return who is bound, a line each: name first, then address and numbers."""
    lines = [str(seller.get("legal_name") or shop_name)]
    lines += str(seller.get("address") or "").splitlines()
    if seller.get("siret"):
        lines.append(f"SIRET\u00a0{in_groups(str(seller['siret']))}")
    if seller.get("vat_number"):
        lines.append(
            pgettext("invoice", "VAT number %(number)s") % {"number": seller["vat_number"]}
        )
    lines += [str(seller.get("email") or ""), phone_in_words(str(seller.get("phone") or ""))]
    return tuple(line.strip() for line in lines if line.strip())


def plain_text(markup: str) -> str:
    """Return sanitised HTML as plain text, a line for each paragraph or item."""
    text = html.unescape(strip_tags(_ENDS.sub("\n", markup)))
    return _BLANKS.sub("\n", text).strip()


def moment_in_words(at: datetime, zone: str) -> str:
    """Return date and time to the second, on the clock of the shop."""
    local = at.astimezone(ZoneInfo(zone))
    return pgettext("paper", "%(day)s at %(time)s") % {
        "day": day_in_words(local.date()),
        "time": f"{local:%H:%M:%S}",
    }


def hour_in_words(at: datetime) -> str:
    """Return « 9 h », « 18 h 30 » by the clock that a moment is given in."""
    minutes = f"\u00a0{at:%M}" if at.minute else ""
    return f"{at.hour}\u00a0h{minutes}"


def rate(rate_bp: int) -> str:
    """Return « 5,5 % »."""
    number = f"{rate_bp / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return f"{number}\u00a0%"


def minus(cents: int) -> str:
    """Return a sum that goes back, with its sign."""
    return f"−\u00a0{euros(cents)}"
