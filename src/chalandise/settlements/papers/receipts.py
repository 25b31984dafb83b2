"""The receipt of what was paid, for whoever gets no invoice.

A consumer may ask for a note of what was paid: arrêté n° 83-50/A of 3 October 1983 wants date, name and
address of the seller, name of the customer, the count of each thing with its price, the sums before
and with tax. A merchant who has not accepted the mandate for invoices (CGI, art. 289 I-2) owes it all
the same; the paper says that it is no invoice.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import pgettext

from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.money import euros
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.lines import standing_of
from chalandise.payments.sums import sums_of
from chalandise.settlements.exports.sheet import Sheet
from chalandise.settlements.papers.words import minus, moment_in_words, rate, seller_lines
from chalandise.settlements.queries.doors import receipt_of


def receipt_pdf(part: MerchantOrder) -> bytes:
    """Return the receipt of a merchant order: what stands, what was paid, what came back.

    Raises:
        NotFoundError: nothing was paid.
    """
    with translation.override("fr"):
        return receipt_sheet(part).as_pdf()


def receipt_sheet(part: MerchantOrder) -> Sheet:
    """Return what the receipt says.

    Raises:
        NotFoundError: nothing was paid.
    """
    books = receipt_of(part)
    if not books.paid_cents or part.paid_at is None:
        raise NotFoundError
    kept = books.paid_cents - books.refunded_cents
    net = sum(one.gross_cents - one.tax_cents for one in books.taxes)
    shop = part.establishment
    rows = [
        (
            one.line.product_name,
            str(one.quantity),
            rate(one.line.vat_rate_bp),
            euros(one.cents),
        )
        for one in standing_of([part])[part.pk]
        if one.quantity or one.cents
    ]
    if fee := sums_of([part])[part.pk].fee_cents:
        name = pgettext("paper", "Delivery")
        rows.append((name, "1", rate(part.fee_vat_rate_bp), euros(fee)))
    back = (
        ((pgettext("paper", "Given back"), minus(books.refunded_cents)),)
        if books.refunded_cents
        else ()
    )
    return Sheet(
        title=pgettext("paper", "Receipt %(number)s") % {"number": part.number},
        subtitle=pgettext("paper", "Paid on %(moment)s by %(name)s")
        % {
            "moment": moment_in_words(part.paid_at, shop.timezone),
            "name": part.order.customer_name,
        },
        who=seller_lines(part.seller, shop.name),
        totals=(
            (pgettext("paper", "Paid"), euros(books.paid_cents)),
            *back,
            (pgettext("invoice", "Total excl. tax"), euros(net)),
            *(
                (
                    pgettext("paper", "VAT at %(rate)s") % {"rate": rate(one.rate_bp)},
                    euros(one.tax_cents),
                )
                for one in books.taxes
                if one.tax_cents
            ),
        ),
        grand=(pgettext("invoice", "Total incl. tax"), euros(kept)),
        heading=(
            pgettext("invoice", "Description"),
            pgettext("invoice", "Quantity"),
            pgettext("invoice", "VAT"),
            pgettext("invoice", "Incl. tax"),
        ),
        rows=tuple(rows),
        numbers=1,
        note=pgettext("paper", "This receipt is no invoice: the seller gives one on request."),
        foot=pgettext("paper", "Order %(number)s · %(shop)s")
        % {"number": part.number, "shop": shop.name},
        author=shop.name,
    )
