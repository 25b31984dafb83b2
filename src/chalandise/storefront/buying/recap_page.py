"""The recap of essentials filled into its moulds: what, from whom, how, when, for how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString

from chalandise.catalogue.durability_words import say_in_short
from chalandise.catalogue.states import Allergen, VatRegime
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web.formatting import calendar_day, clock, money, percentage, telephone
from chalandise.web.moulds import fill_in

_SAID = (
    "legal_name",
    "legal_form",
    "address",
    "email",
    "phone",
    "siret",
    "vat_number",
    "sanitary_approval",
    "mediator_name",
    "mediator_url",
    "mediator_address",
)


def draw_merchant(merchant: Mapping[str, Any], shop_slug: str) -> SafeString:
    """Draw one merchant of a recap.

    Args:
        merchant: as `ordering.recap` writes it in JSON.
        shop_slug: the shop whose page has the merchant's terms of sale.
    """
    seller = merchant["seller"]
    return fill_in(
        "storefront/checkout/_merchant.html",
        same={"is_franchise": seller.get("vat_regime") == VatRegime.FRANCHISE},
        own={
            "name": merchant["establishment"],
            "gathered_by": merchant["gathered_by"],
            "when": draw_way(merchant),
            "lines": [_draw_line(one) for one in merchant["lines"]],
            "fee": money(merchant["fee_cents"]) if merchant["fee_cents"] else "",
            "total": money(merchant["total_cents"]),
            "vat": [
                (percentage(one["rate_bp"]) if one["rate_bp"] else "", money(one["tax_cents"]))
                for one in merchant["vat"]
            ],
            "seller": draw_seller(seller, shop_slug),
        },
    )


def draw_way(merchant: Mapping[str, Any]) -> SafeString:
    """Draw how, where and when one merchant's things are got."""
    way = merchant["way"]
    kind, starts = way.get("kind", ""), merchant["starts_at"]
    return fill_in(
        "storefront/checkout/_way.html",
        same={"kind": kind, "is_by_bicycle": bool(way.get("is_by_bicycle"))},
        own={
            "place": way.get("label", "") if kind == "point" else "",
            "address": way.get("address", ""),
            "day": _day(starts),
            "starts": _hour(starts),
            "ends": _hour(merchant["ends_at"]),
            "promised": "" if starts else _day(merchant["promised_on"]),
        },
    )


def draw_seller(seller: Mapping[str, Any], shop_slug: str = "") -> SafeString:
    """Draw who is bound by a contract: identity, contact, mediator, terms (L221-5).

    Args:
        seller: the fields of a profile, or what an order keeps of them.
        shop_slug: the shop whose page has the terms; blank on that very page.
    """
    said = {name: str(seller.get(name) or "") for name in _SAID}
    for name in ("address", "mediator_address"):
        said[name] = linebreaksbr(said[name]) if "\n" in said[name] else said[name]
    said["phone"] = telephone(said["phone"]) if said["phone"] else ""
    declared = seller.get("hygiene_declared_on")
    said["declared"] = calendar_day(declared, "full") if declared else ""
    return fill_in("storefront/checkout/_seller.html", same={}, own={**said, "terms": shop_slug})


def _draw_line(line: Mapping[str, Any]) -> SafeString:
    is_weighed = line["is_weight_priced"]
    return fill_in(
        "storefront/checkout/_line.html",
        same={"is_weighed": is_weighed},
        own={
            "quantity": str(line["quantity"]),
            "name": line["name"],
            "basket": line["basket_name"],
            "price": money(line["unit_price_cents"]),
            "unit_price": line["unit_price"],
            "grams": str(line["estimate_grams"]) if is_weighed else "",
            "percent": str(line["tolerance_percent"]) if is_weighed else "",
            "allergens": ", ".join(str(Allergen(one).label) for one in line["allergens"] or ()),
            "durability": say_in_short(line["durability"].items()) if line["durability"] else "",
            "exception": say_exception(line["withdrawal_exception"]),
            "total": money(line["total_cents"]),
        },
    )


def _day(moment: str) -> str:
    """Write the day of a date or a moment kept as ISO text: « vendredi 20 novembre »."""
    return calendar_day(dt.date.fromisoformat(moment[:10]), "weekday") if moment else ""


def _hour(moment: str) -> str:
    """Write the hour of a moment kept as ISO text, as the wall clock of its own place says it."""
    return clock(dt.datetime.fromisoformat(moment).time()) if moment else ""
