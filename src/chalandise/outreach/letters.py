"""The letter that brings a merchant the code of the sheet: one page, a window, a code, a QR.

Set by typst. Every word travels as data, never as source, so that a shop called `#import` is only
a shop (fault 61).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from chalandise.kernel.on_demand import OnDemand

if TYPE_CHECKING:
    import segno
    import typst
else:
    segno, typst = OnDemand("segno"), OnDemand("typst")

TEMPLATE = Path(__file__).parent / "letter.typ"


@dataclass(frozen=True)
class Sender:
    """The operator, as the letterhead shows it."""

    portal: str
    operator: str
    address: str
    hotline: str
    hotline_hours: str
    site: str
    colour: str


@dataclass(frozen=True)
class Letter:
    """One letter.

    Attributes:
        shop: the name of the establishment.
        lines: the address as the window shows it, the postal code and town last.
        code: the code, in two halves.
        claim_url: where the code is typed.
        on: the date, in words.
        until: until when the code opens, in words.
    """

    shop: str
    lines: tuple[str, ...]
    code: str
    claim_url: str
    on: str
    until: str


def render_letters(letters: Sequence[Letter], sender: Sender) -> bytes:
    """Return the letters as one PDF, a page each."""
    pages = [
        {**asdict(one), "qr": _qr(one.claim_url), "words": _words(one, sender)} for one in letters
    ]
    inputs = {"letters": json.dumps(pages), "sender": json.dumps(asdict(sender))}
    pdf: bytes = typst.compile(TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs=inputs)
    return pdf


def _qr(url: str) -> str:
    code = segno.make(url, error="m")
    return str(code.svg_inline(border=0, dark="#22302a", omitsize=True)).replace(
        "<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1
    )


def _words(letter: Letter, sender: Sender) -> dict[str, object]:
    return {
        "subject": _("Your sheet exists already"),
        "hello": _("Hello,"),
        "paragraphs": [
            _(
                "%(shop)s appears on %(portal)s, the public site where people here find the shops "
                "near them. The sheet was built from public registers: your name, your address, "
                "sometimes your hours."
            )
            % {"shop": letter.shop, "portal": sender.portal},
            _(
                "This letter hands it over to you. With the code below, you check your hours, add "
                "a photograph, and announce a closing in two taps. It is free, and will stay so."
            ),
        ],
        "code_label": _("Your code"),
        "until": _("valid until %(date)s") % {"date": letter.until},
        "steps": [
            _("Aim your telephone at the square, or open the address below it."),
            _("Sign in with your e-mail: no password."),
            _("Type the code. The sheet is yours."),
        ],
        "help": _("Would you rather do it by telephone? Call us, it takes five minutes."),
        "bye": _("See you soon,"),
        "team": _("the team of %(portal)s") % {"portal": sender.portal},
        "small": _(
            "You run no shop at this address? Put this letter aside: without the code, nothing "
            "changes. To have the sheet corrected or removed, call us."
        ),
    }
