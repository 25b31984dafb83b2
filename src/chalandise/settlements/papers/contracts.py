"""The contract as it was concluded, kept ten years and given on request.

Code de la consommation, L213-1: a contract concluded online for a sum fixed by decree is kept by the
professional, who gives the consumer access to it at any time. D213-1: from 120 euros. D213-2: for ten
years from the delivery, or from the contract where that is at once. Orders are never erased here,
whatever their sum; `must_be_kept` is what any job that erases has to ask first.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chalandise.catalogue.durability_words import say_in_short
from chalandise.catalogue.states import WithdrawalException
from chalandise.kernel.money import euros
from chalandise.ordering.models import MerchantOrder, Order, OrderLine
from chalandise.ordering.queries.orders import terms_under
from chalandise.ordering.states import Pays, WayKind
from chalandise.settlements.exports.sheet import Sheet
from chalandise.settlements.papers.words import (
    hour_in_words,
    moment_in_words,
    plain_text,
    rate,
    seller_lines,
)
from chalandise.settlements.words import day_in_words

KEPT_FROM_CENTS = 120_00  # D213-1
KEPT_YEARS = 10  # D213-2
_WAYS = {
    WayKind.PICKUP: gettext_lazy("Collected in the shop"),
    WayKind.POINT: gettext_lazy("Collected at a pickup point"),
    WayKind.DELIVERY: gettext_lazy("Delivered by the shop"),
    WayKind.SHIPPING: gettext_lazy("Sent by post"),
}
_MEDIATOR = ("mediator_name", "mediator_url", "mediator_address")


def must_be_kept(part: MerchantOrder, *, on: date) -> bool:
    """Tell whether the law still asks to keep the contract of a merchant order."""
    if part.total_cents < KEPT_FROM_CENTS:
        return False
    begins = (part.received_at or part.placed_at).date()
    return (on.year, on.month, on.day) <= (begins.year + KEPT_YEARS, begins.month, begins.day)


def contract_pdf(order: Order) -> bytes:
    """Return everything an order was concluded under: the recap as shown, and each seller's terms."""
    with translation.override("fr"):
        return contract_sheet(order).as_pdf()


def contract_sheet(order: Order) -> Sheet:
    """Return what the kept contract says."""
    parts = list(
        order.merchant_orders.select_related("establishment", "organisation").order_by("number")
    )
    zone = parts[0].establishment.timezone if parts else "Europe/Paris"
    many = len(parts) > 1
    rows = [row for part in parts for row in _rows(part, named=many)]
    return Sheet(
        title=pgettext("paper", "Order %(number)s") % {"number": order.number},
        subtitle=pgettext("paper", "Concluded on %(moment)s")
        % {"moment": moment_in_words(order.placed_at, zone)},
        who=(
            order.customer_name,
            *_firm(order.business),
            *_address(order.address),
            order.customer_email,
        ),
        totals=(
            (pgettext("paper", "Goods"), euros(order.items_cents)),
            (pgettext("paper", "Delivery"), euros(order.fee_cents)),
        ),
        grand=(pgettext("invoice", "Total incl. tax"), euros(order.total_cents)),
        heading=(
            pgettext("invoice", "Description"),
            pgettext("invoice", "Quantity"),
            pgettext("invoice", "VAT"),
            pgettext("invoice", "Incl. tax"),
        ),
        rows=tuple(rows),
        numbers=1,
        note=pgettext(
            "paper", "As it stood above the button “Commande avec obligation de paiement”."
        ),
        sections=(
            *(section for part in parts for section in _contract(part, order.recap)),
            *_durability(order.recap),
            (
                pgettext("paper", "Right of withdrawal and guarantees"),
                pgettext(
                    "paper",
                    "Fourteen days from receipt to withdraw, except for the lines that say otherwise "
                    "(articles L221-18 and L221-28). Legal guarantee of conformity for two years, "
                    "guarantee against hidden defects.",
                ),
            ),
            (pgettext("paper", "Fingerprint of the recap (SHA-256)"), order.recap_digest),
        ),
        foot=pgettext("paper", "Order %(number)s") % {"number": order.number},
        author=order.portal.name,
    )


def _firm(business: dict[str, str]) -> tuple[str, ...]:
    """Return the firm that buys, where one does."""
    if not business:
        return ()
    siren = f"SIREN\u00a0{business['siren']}"
    return (business["name"], siren, *business.get("address", "").splitlines())


def _rows(part: MerchantOrder, *, named: bool) -> list[tuple[str, ...]]:
    shop = f"{part.establishment.name} : " if named else ""
    rows: list[tuple[str, ...]] = [
        (
            "\n".join(filter(None, (shop + _name(line), _no_withdrawal(line)))),
            str(line.quantity),
            rate(line.vat_rate_bp),
            euros(line.total_cents),
        )
        for line in part.lines.order_by("position")
    ]
    if part.fee_cents:
        name = shop + pgettext("paper", "Delivery")
        rows.append((name, "1", rate(part.fee_vat_rate_bp), euros(part.fee_cents)))
    return rows


def _name(line: OrderLine) -> str:
    return " – ".join(filter(None, (line.product_name, line.variant_name)))


def _no_withdrawal(line: OrderLine) -> str:
    """Return why a line cannot be withdrawn from (L221-5, L221-13), blank where it can."""
    if not line.withdrawal_exception:
        return ""
    reason = WithdrawalException(line.withdrawal_exception).label
    return pgettext("paper", "No right of withdrawal: %(reason)s") % {"reason": reason}


def _how(part: MerchantOrder, recap: dict[str, Any]) -> str:
    """Return how, where and by when it was agreed to be received (L221-5), moved since or not."""
    place = int(part.number.rpartition("-")[2]) - 1
    merchants = recap.get("merchants", ())
    agreed = merchants[place] if place < len(merchants) else {}
    way = agreed.get("way", part.way)
    kind = str(_WAYS.get(way.get("kind", ""), ""))
    where = ", ".join(str(way[key]) for key in ("label", "address") if way.get(key))
    when = ""
    if agreed.get("starts_at"):
        starts, ends = (datetime.fromisoformat(agreed[key]) for key in ("starts_at", "ends_at"))
        when = pgettext("paper", "%(day)s, from %(start)s to %(end)s") % {
            "day": day_in_words(starts.date()),
            "start": hour_in_words(starts),
            "end": hour_in_words(ends),
        }
    elif agreed.get("promised_on"):
        when = _("by %(day)s at the latest") % {
            "day": day_in_words(date.fromisoformat(agreed["promised_on"]))
        }
    return " · ".join(one for one in (kind, where, when) if one)


def _contract(part: MerchantOrder, recap: dict[str, Any]) -> list[tuple[str, str]]:
    """Return one contract: with whom, how it is received, who mediates, under which terms."""
    seller: dict[str, Any] = part.seller
    lines = list(seller_lines(seller, part.establishment.name))
    lines.append(_how(part, recap))
    lines += [
        _scales(one, pays=part.pays)
        for one in part.lines.order_by("position")
        if one.estimate_grams
    ]
    mediator = ", ".join(str(seller[key]) for key in _MEDIATOR if seller.get(key))
    if mediator:
        lines.append(pgettext("paper", "Consumer mediator: %(name)s") % {"name": mediator})
    name = pgettext("paper", "Contract %(number)s, %(sum)s") % {
        "number": part.number,
        "sum": euros(part.total_cents),
    }
    said = [(name, "\n".join(line for line in lines if line))]
    if terms := plain_text(terms_under(part)):
        heading = pgettext("paper", "Terms of sale of %(name)s") % {"name": lines[0]}
        said.append((heading, terms))
    return said


def _scales(line: OrderLine, *, pays: str) -> str:
    """Return what was agreed of the scales, by the way it is paid."""
    words = {
        "name": line.product_name,
        "grams": (line.estimate_grams or 0) * line.quantity,
        "percent": line.tolerance_percent,
    }
    if pays == Pays.ONLINE:
        return (
            pgettext(
                "paper",
                "%(name)s: about %(grams)d g, weighed when prepared. Paid online: never more than the "
                "estimate, less is given back.",
            )
            % words
        )
    return (
        pgettext(
            "paper",
            "%(name)s: about %(grams)d g, weighed when prepared. The real weight is paid, never over "
            "%(percent)d %% more without asking the customer.",
        )
        % words
    )


def _durability(recap: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the recap said of how long things last, who repairs them and for how long."""
    lines = [line for part in recap.get("merchants", ()) for line in part["lines"]]
    said = {line["name"]: say_in_short(line.get("durability", {}).items()) for line in lines}
    told = [f"{name} : {text}" for name, text in said.items() if text]
    heading = pgettext("paper", "Guarantee of durability, repairs and updates")
    return [(heading, "\n".join(told))] if told else []


def _address(address: dict[str, Any]) -> tuple[str, ...]:
    town = f"{address.get('postal_code', '')} {address.get('commune_name', '')}".strip()
    lines = (address.get("street"), address.get("complement"), town)
    return tuple(str(one) for one in lines if one)
