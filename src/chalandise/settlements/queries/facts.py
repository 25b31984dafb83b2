"""From a merchant order, as it was copied when placed, to the plain facts the books want."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import pgettext

from chalandise.catalogue.models import MandateAcceptance, SellerProfile
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.states import VatRegime
from chalandise.kernel.money import split_cents
from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, WayKind
from chalandise.organisations.models import Organisation
from chalandise.settlements.facts import Sale, SoldLine
from chalandise.settlements.invoicing.document import GoodsKind, Party
from chalandise.settlements.models import SalesRecord
from chalandise.settlements.queries.standing import references_of
from chalandise.settlements.states import PaidBy
from chalandise.settlements.taxes import standing_of

FEE = "fee"
ON_ONE_LINE = re.compile(r",\s*(?=\d{5}\s)")
TOWN = re.compile(r"^(?P<code>\d{5})\s+(?P<town>\S.*)$")
BROUGHT = (WayKind.DELIVERY, WayKind.SHIPPING)


def sale_of(
    order: MerchantOrder, *, paid_cents: int, paid_by: PaidBy, happened_at: datetime
) -> Sale:
    """Return a paid merchant order as a sale; five queries.

    What was paid decides the lines: as ordered, or, where the customer paid less on collection, as
    they stand after what was missing or weighed.
    """
    seller = party_of_seller(order.seller, fallback=order.organisation.name)
    zone = ZoneInfo(order.establishment.timezone)
    is_in_shop = paid_by != PaidBy.ONLINE_CARD
    received_at = order.received_at or (happened_at if is_in_shop else None)
    return Sale(
        reference=order.number,
        organisation_id=order.organisation_id,
        timezone=order.establishment.timezone,
        seller=seller,
        buyer=_buyer(order),
        lines=_lines(order, paid_cents),
        paid_by=paid_by,
        happened_at=happened_at,
        commission_bp=order.commission_bp,
        is_franchise=order.seller.get("vat_regime") == VatRegime.FRANCHISE,
        mandatary=mandatary_of(order),
        delivered_on=received_at.astimezone(zone).date() if received_at else None,
        delivery=_delivery(order),
    )


def supplement_of(
    order: MerchantOrder, *, paid_cents: int, paid_by: PaidBy, happened_at: datetime
) -> Sale:
    """Return what was paid at the counter on top of a sale, by rate, as a sale of its own."""
    whole = sale_of(order, paid_cents=paid_cents, paid_by=paid_by, happened_at=happened_at)
    stands = standing_of(
        (line.kind, line.rate_bp, line.gross_cents)
        for line in map(_as_it_stands, order.lines.prefetch_related("changes"))
    )
    for record in SalesRecord.objects.filter(reference__in=references_of(order.number)):
        for one in record.taxes:
            key = (one["kind"], one["rate_bp"])
            stands[key] = stands.get(key, 0) - one["gross_cents"]
    more = {key: cents for key, cents in sorted(stands.items()) if cents > 0} or whole.standing
    shares = split_cents(paid_cents, list(more.values()))
    with translation.override("fr"):
        name = pgettext("invoice", "Supplement at the counter")
    return replace(
        whole,
        reference=reference_for(order),
        lines=tuple(
            SoldLine(f"supplement:{rate_bp}", name, Decimal(1), share, rate_bp, _kind(kind))
            for (kind, rate_bp), share in zip(more, shares, strict=True)
            if share
        ),
    )


def reference_for(order: MerchantOrder) -> str:
    """Return the first reference under which nothing was sold yet: the number, then « /2 »."""
    taken = set(
        SalesRecord.objects.filter(reference__in=references_of(order.number)).values_list(
            "reference", flat=True
        )
    )
    return next(one for one in references_of(order.number) if one not in taken)


def lines_given_back(
    order: MerchantOrder, pairs: Iterable[tuple[int, int]], *, amount_cents: int, reason: str = ""
) -> tuple[SoldLine, ...]:
    """Return how many of which lines are given back, at what they cost by then.

    One line with no quantity has become cheaper (a gesture, the scales): it bears the amount, so
    that the tax of its own rate goes back with it. What goes back beyond the lines is delivery; so is
    what goes back without a line where an order ends, but not a gesture on the whole of it.
    """
    wanted = dict(pairs)
    lines = order.lines.filter(pk__in=wanted).order_by("position").prefetch_related("changes")
    if list(wanted.values()) == [0]:
        return tuple(_cheaper(line, amount_cents) for line in lines)
    goods = [_part_of(line, wanted[line.pk], reason) for line in lines if wanted[line.pk] > 0]
    rest = amount_cents - sum(line.gross_cents for line in goods)
    has_fee = bool(goods) or reason in MERCHANT_ORDER_TRANSITIONS.final
    if has_fee and len(goods) < rest <= order.fee_cents:  # less than a cent a line is but rounding
        ordered = [_as_ordered(line) for line in order.lines.all()]
        goods += [replace(fee, gross_cents=rest) for fee in _fee(order, ordered)]
    return tuple(goods)


def _cheaper(line: OrderLine, cents: int) -> SoldLine:
    name = partial_name(line.product_name)
    return replace(_as_ordered(line), name=name, quantity=Decimal(1), gross_cents=cents)


def partial_name(name: str) -> str:
    """Return how a credit note calls money for a thing that itself is not counted there."""
    with translation.override("fr"):
        return pgettext("invoice", "Partial refund: %(name)s") % {"name": name}


def mandatary_of(order: MerchantOrder) -> str:
    """Return who invoices in the merchant's name; empty without their mandate."""
    has_mandate = MandateAcceptance.objects.filter(
        organisation_id=order.organisation_id, text_version=MANDATE_VERSION
    ).exists()
    portal = order.order.portal
    return (portal.operator_name or portal.name) if has_mandate else ""


def party_of_organisation(organisation: Organisation) -> Party:
    """Return a merchant as their seller profile has them today."""
    return party_of_profile(
        SellerProfile.objects.filter(organisation=organisation).first(), organisation
    )


def party_of_profile(profile: SellerProfile | None, organisation: Organisation) -> Party:
    """Return a merchant as a profile that was read already has them."""
    if profile is None:
        return Party(organisation.name, siren=organisation.siren or "")
    known = {
        name: getattr(profile, name)
        for name in (
            "legal_name",
            "legal_form",
            "address",
            "email",
            "phone",
            "siren",
            "siret",
            "vat_number",
        )
    }
    return party_of_seller(known, fallback=organisation.name)


def party_of_seller(seller: Mapping[str, Any], *, fallback: str) -> Party:
    """Return the merchant as copied on an order."""
    lines, code, town = _address(str(seller.get("address") or ""))
    return Party(
        name=seller.get("legal_name") or seller.get("name") or fallback,
        lines=lines,
        postal_code=code,
        town=town,
        siren=seller.get("siren") or str(seller.get("siret") or "")[:9],
        vat_number=str(seller.get("vat_number") or "").replace(" ", ""),
        legal_form=seller.get("legal_form") or "",
        email=seller.get("email") or "",
        phone=seller.get("phone") or "",
    )


def _address(text: str) -> tuple[tuple[str, ...], str, str]:
    """Take a postal address, on one line or several, apart: streets, postal code, town."""
    lines = [line.strip() for line in ON_ONE_LINE.sub("\n", text).splitlines() if line.strip()]
    for place in range(len(lines) - 1, -1, -1):
        if found := TOWN.match(lines[place]):
            return tuple(lines[:place]), found["code"], found["town"]
    return tuple(lines), "", ""


def _buyer(order: MerchantOrder) -> Party:
    customer = order.order
    if firm := customer.business:
        lines, code, town = _address(str(firm.get("address") or ""))
        return Party(
            name=str(firm["name"]),
            lines=lines,
            postal_code=code,
            town=town,
            siren=str(firm["siren"]),
            vat_number=str(firm.get("vat_number") or ""),
            email=customer.customer_email,
            phone=customer.customer_phone,
        )
    return replace(
        _brought_to(customer.customer_name, customer.address),
        email=customer.customer_email,
        phone=customer.customer_phone,
    )


def _delivery(order: MerchantOrder) -> Party | None:
    """Return where it is brought, unless that is the buyer's address, which the invoice has."""
    if order.way_kind in BROUGHT:
        brought = _brought_to(order.order.customer_name, order.order.address)
        return brought if order.order.business else None  # the firm is invoiced elsewhere
    return None if order.way_kind == WayKind.PICKUP else _point(order.way)


def _point(way: Mapping[str, Any]) -> Party | None:
    name = str(way.get("label") or "")
    lines, code, town = _address(str(way.get("address") or ""))
    return Party(name, lines, code, town) if name else None


def _brought_to(name: str, address: Mapping[str, Any]) -> Party:
    lines = tuple(str(address[key]) for key in ("street", "complement") if address.get(key))
    return Party(
        name=name,
        lines=lines,
        postal_code=str(address.get("postal_code") or ""),
        town=str(address.get("commune_name") or ""),
    )


def _lines(order: MerchantOrder, paid_cents: int) -> tuple[SoldLine, ...]:
    """Return lines that add up to what was paid."""
    lines = list(order.lines.order_by("position").prefetch_related("changes"))
    ordered = [_as_ordered(line) for line in lines]
    fee = _fee(order, ordered)
    if sum(line.gross_cents for line in (*ordered, *fee)) == paid_cents:
        return _worth_saying(*ordered, *fee)
    standing = [*(_as_it_stands(line) for line in lines), *fee]
    if sum(line.gross_cents for line in standing) == paid_cents:
        return _worth_saying(*standing)
    everything = [*ordered, *fee]
    shares = split_cents(paid_cents, [line.gross_cents for line in everything])
    return _worth_saying(
        *(replace(line, gross_cents=share) for line, share in zip(everything, shares, strict=True))
    )


def _worth_saying(*lines: SoldLine) -> tuple[SoldLine, ...]:
    return tuple(line for line in lines if line.gross_cents > 0 and line.quantity > 0)


def _as_ordered(line: OrderLine) -> SoldLine:
    return SoldLine(
        key=str(line.pk),
        name=line.product_name,
        quantity=Decimal(line.quantity),
        gross_cents=line.total_cents,
        rate_bp=line.vat_rate_bp,
        kind=_kind(line.goods_kind),
        detail=" · ".join(text for text in (line.variant_name, line.basket_name) if text),
    )


def _as_it_stands(line: OrderLine) -> SoldLine:
    changes = list(line.changes.all())
    made = _as_ordered(line)
    return replace(
        made,
        quantity=made.quantity + sum(change.quantity for change in changes),
        gross_cents=max(made.gross_cents + sum(change.cents for change in changes), 0),
    )


def _part_of(line: OrderLine, quantity: int, reason: str) -> SoldLine:
    """Return so many of a line: at what this very change took off, else as the line stands."""
    changes = list(line.changes.all())
    taken = [-one.cents for one in changes if (one.kind, -one.quantity) == (reason, quantity)]
    stands = _as_it_stands(line)
    if taken:
        gross = taken[-1]
    elif quantity <= stands.quantity:
        gross = int(stands.gross_cents * quantity // stands.quantity)
    else:
        gross = line.total_cents * min(quantity, line.quantity) // line.quantity
    return replace(_as_ordered(line), quantity=Decimal(quantity), gross_cents=gross)


def _fee(order: MerchantOrder, lines: list[SoldLine]) -> tuple[SoldLine, ...]:
    """Return delivery as a line; it follows the goods it brings."""
    if not order.fee_cents:
        return ()
    goods: GoodsKind = "service" if lines and all(x.kind == "service" for x in lines) else "goods"
    label = str(order.way.get("label") or "")
    return (
        SoldLine(
            FEE, "Livraison", Decimal(1), order.fee_cents, order.fee_vat_rate_bp, goods, label
        ),
    )


def _kind(text: str) -> GoodsKind:
    return "service" if text == "service" else "goods"
