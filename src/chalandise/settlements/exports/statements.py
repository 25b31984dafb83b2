"""A statement as a table or as a sheet of paper; a seller's year for DAC7."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import pgettext

from chalandise.kernel.money import euros
from chalandise.settlements.exports.sheet import Sheet
from chalandise.settlements.exports.tables import Table, amount, day
from chalandise.settlements.invoicing.document import Party
from chalandise.settlements.models import Statement
from chalandise.settlements.states import JournalKind
from chalandise.settlements.tax.dac7 import Seller
from chalandise.settlements.words import day_in_words


def statement_table(statement: Statement) -> Table:
    """Return the lines of a statement."""
    return Table(
        f"releve-{statement.starts_on}-{statement.ends_on}",
        _heading(),
        tuple(
            (
                day(date.fromisoformat(line["on"])),
                str(JournalKind(line["kind"]).label),
                line["reference"],
                amount(line["cents"]),
            )
            for line in statement.lines
        ),
    )


def statement_pdf(statement: Statement, party: Party, *, operator: str) -> bytes:
    """Return the statement on paper."""
    totals = statement.totals
    kinds = [kind for kind in JournalKind if f"{kind}_cents" in totals]
    sheet = Sheet(
        title=pgettext("statement", "Statement no. %(number)s") % {"number": statement.number},
        subtitle=pgettext("statement", "From %(first)s to %(last)s")
        % {"first": day_in_words(statement.starts_on), "last": day_in_words(statement.ends_on)},
        who=_who(party),
        totals=(
            (pgettext("statement", "Owed at the start"), euros(totals["opening_cents"])),
            *((_capital(str(kind.label)), euros(totals[f"{kind}_cents"])) for kind in kinds),
        ),
        grand=(pgettext("statement", "Owed at the end"), euros(totals["closing_cents"])),
        heading=_heading(),
        rows=tuple(
            (
                day(date.fromisoformat(line["on"])),
                str(JournalKind(line["kind"]).label),
                line["reference"],
                euros(line["cents"]),
            )
            for line in statement.lines
        ),
        numbers=3,
        wide=1,
        foot=operator,
        author=operator,
    )
    return sheet.as_pdf()


def seller_year_pdf(seller: Seller, *, year: int, operator: str) -> bytes:
    """Return what is declared of a seller, for the seller (CGI, art. 1649 ter D)."""
    quarters = [
        pgettext("statement", "Quarter %(number)s") % {"number": number} for number in range(1, 5)
    ]
    rows = [
        (
            name,
            quarter,
            str(activity.counts[n]),
            euros(activity.paid_cents[n]),
            euros(activity.fees_cents[n]),
        )
        for name, activity in (
            (pgettext("statement", "Goods"), seller.goods),
            (pgettext("statement", "Services"), seller.services),
        )
        if any(activity.counts) or any(activity.paid_cents)
        for n, quarter in enumerate(quarters)
    ]
    paid = sum(seller.goods.paid_cents) + sum(seller.services.paid_cents)
    note = (
        pgettext("statement", "These figures are declared to the tax office (DAC7).")
        if seller.is_declared
        else pgettext(
            "statement",
            "Fewer than 30 sales of goods and no more than 2,000 euros: nothing is declared.",
        )
    )
    sheet = Sheet(
        title=pgettext("statement", "Your sales of %(year)s") % {"year": year},
        subtitle=pgettext("statement", "As the platform knows them, by quarter"),
        who=_declared(seller),
        totals=(
            (
                pgettext("statement", "Number of sales"),
                str(sum(seller.goods.counts) + sum(seller.services.counts)),
            ),
        ),
        grand=(pgettext("statement", "Paid to you, commissions deducted"), euros(paid)),
        heading=(
            pgettext("statement", "Activity"),
            pgettext("statement", "Quarter"),
            pgettext("statement", "Sales"),
            pgettext("statement", "Paid"),
            pgettext("statement", "Commissions"),
        ),
        rows=tuple(rows),
        numbers=2,
        wide=0,
        note=note,
        foot=operator,
        author=operator,
    )
    return sheet.as_pdf()


def _heading() -> tuple[str, ...]:
    return (
        pgettext("statement", "Day"),
        pgettext("statement", "What"),
        pgettext("statement", "Order"),
        pgettext("statement", "Amount"),
    )


def _who(party: Party) -> tuple[str, ...]:
    town = f"{party.postal_code} {party.town}".strip()
    siren = f"SIREN\u00a0{party.siren}" if party.siren else ""
    return tuple(line for line in (party.name, *party.lines, town, siren) if line)


def _declared(seller: Seller) -> tuple[str, ...]:
    """Say who the file says sold: a company, or a sole trader by name and date of birth."""
    person = seller.individual
    if person is None or person.born_on is None:
        return _who(seller.party)
    name = f"{person.first_name} {person.last_name}"
    return (
        *_who(replace(seller.party, name=name)),
        pgettext("statement", "Date of birth: %(day)s") % {"day": day_in_words(person.born_on)},
        pgettext("statement", "Declared as a natural person"),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
