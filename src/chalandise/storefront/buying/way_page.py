"""What is chosen at one merchant on the second screen, filled into its moulds."""

from __future__ import annotations

from django.utils.safestring import SafeString

from chalandise.storefront.buying.way_choices import MerchantChoice, WayChoice
from chalandise.web.formatting import money, telephone
from chalandise.web.moulds import fill_in


def draw_choices(choice: MerchantChoice, token: str) -> SafeString:
    """Draw the ways of one merchant, and the word that can be left with it."""
    shop, part = choice.shop, choice.part
    needs_phone = choice.is_stuck or (not choice.ways and choice.lacks != "address")
    phone = shop.phone if needs_phone else ""
    return fill_in(
        "storefront/checkout/_choices.html",
        same={
            "is_collected": part.has_reduced_books,
            "lacks": choice.lacks,
            "is_stuck": choice.is_stuck,
        },
        own={
            "key": str(shop.pk),
            "token": token,
            "name": shop.name,
            "place": shop.commune.name,
            "price": money(part.items_cents),
            "gathered": ", ".join(choice.gathered),
            "problem": choice.problem,
            "note": choice.note,
            "phone": phone,
            "phone_said": telephone(phone) if phone else "",
            "ways": [_draw_way(one, str(shop.pk)) for one in choice.ways],
        },
    )


def _draw_way(choice: WayChoice, shop: str) -> SafeString:
    way = choice.way
    return fill_in(
        "storefront/checkout/_choice.html",
        same={
            "kind": way.kind,
            "is_on": choice.is_on,
            "is_possible": choice.is_possible,
            "is_short": bool(way.missing_cents),
            "is_by_bicycle": way.is_by_bicycle,
        },
        own={
            "shop": shop,
            "key": way.key,
            "place": way.label,
            "under": way.address or way.label,
            "fee": money(way.fee_cents) if way.fee_cents else "",
            "options": choice.options,
            "minimum": money(way.minimum_cents) if way.missing_cents else "",
            "missing": money(way.missing_cents) if way.missing_cents else "",
        },
    )
