"""The acknowledgement of a withdrawal on a durable medium: its content, its date, its time.

Code de la consommation, L221-21 and D221-5 (online function, since 19 June 2026). What is printed is
the content kept at the confirmation, with its digest: nothing is read from what changed since.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import pgettext

from chalandise.kernel.money import euros
from chalandise.ordering.models import Withdrawal
from chalandise.settlements.exports.sheet import Sheet
from chalandise.settlements.papers.words import moment_in_words, seller_lines
from chalandise.settlements.words import day_in_words


def acknowledgement_pdf(withdrawal: Withdrawal) -> bytes:
    """Return the acknowledgement of one declaration."""
    with translation.override("fr"):
        return acknowledgement_sheet(withdrawal).as_pdf()


def acknowledgement_sheet(withdrawal: Withdrawal) -> Sheet:
    """Return what the acknowledgement says."""
    part, content = withdrawal.merchant_order, withdrawal.content
    shop = part.establishment
    seller = content.get("seller") or shop.name
    moment = moment_in_words(withdrawal.confirmed_at, shop.timezone)
    rows = [
        (
            f"{line['name']} – {line['variant']}" if line.get("variant") else line["name"],
            str(line["quantity"]),
            euros(line["cents"]),
        )
        for line in content["lines"]
    ]
    if content["delivery_cents"]:
        rows.append((pgettext("paper", "Delivery"), "1", euros(content["delivery_cents"])))
    return Sheet(
        title=pgettext("paper", "Acknowledgement of withdrawal"),
        subtitle=pgettext("paper", "%(number)s, received on %(moment)s")
        % {"number": withdrawal.number, "moment": moment},
        who=seller_lines(part.seller, shop.name),
        totals=(
            (pgettext("paper", "Declared by"), str(content["name"])),
            (pgettext("paper", "Acknowledged to"), str(content["email"])),
            (pgettext("paper", "Order"), str(content["order"])),
            (
                pgettext("paper", "To be paid back by"),
                day_in_words(withdrawal.refund_due_on),
            ),
        ),
        grand=(pgettext("paper", "To be paid back"), euros(content["amount_cents"])),
        heading=(
            pgettext("invoice", "Description"),
            pgettext("invoice", "Quantity"),
            pgettext("invoice", "Incl. tax"),
        ),
        rows=tuple(rows),
        numbers=1,
        note=pgettext(
            "paper",
            "“I, %(name)s, withdraw from my contract %(order)s with %(seller)s for the things below.”",
        )
        % {"name": content["name"], "order": content["order"], "seller": seller},
        sections=(
            (
                pgettext("paper", "What follows"),
                pgettext(
                    "paper",
                    "The money comes back within fourteen days, by the means you paid with. If you "
                    "have the things, send or bring them back within fourteen days; the seller may "
                    "wait for them, or for the proof that you sent them (code de la consommation, "
                    "articles L221-23 and L221-24).",
                ),
            ),
            (pgettext("paper", "Fingerprint of the declaration (SHA-256)"), withdrawal.digest),
        ),
        foot=withdrawal.number,
        author=shop.name,
    )
