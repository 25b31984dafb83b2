"""Which e-mails follow a promise that was not kept: a delivery that does not come, a slot not ready.

Each has a key of its own, so that a step told twice is written about once (fault 44).
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.fulfilment.events import DeliveryDemanded, DemandLapsed, PromiseMissed
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.promises import TRAVELLING_WAYS, is_broken
from chalandise.journal.events import subscribes
from chalandise.messaging.days import day_words, moment_words
from chalandise.messaging.order_mails import (
    find_part,
    write_to_customer,
    write_to_merchant,
)
from chalandise.ordering.models import MerchantOrder
from chalandise.portals.queries import link_to


@subscribes("fulfilment.promise_missed")
def tell_of_late(event: PromiseMissed) -> None:
    """Remind the merchant, and tell the customer of a late delivery what they may do."""
    part = find_part(event.merchant_order_id)
    held = Fulfilment.objects.filter(pk=event.fulfilment_id).first()
    if part is None or held is None or part.slot_moves != event.moves:
        return
    if not is_broken(part, held.state, at=timezone.now()):
        return  # the merchant was quicker than the post
    words = {"promised": _day(part.promised_on), **_to_order(part)}
    if part.way_kind not in TRAVELLING_WAYS:
        key = f"order_unready:{part.pk}:{event.moves}"
        write_to_merchant(part, "order_unready_for_shop", key=key, words=words)
        return
    key = f"order_late:{part.pk}"
    write_to_merchant(part, "order_late_for_shop", key=key, words=words)
    own = {
        "promised": words["promised"],
        "is_business": bool(part.order.business),
        **({} if part.order.business else _to_rights(part)),
    }
    write_to_customer(part, "order_late", key=key, words=own)


@subscribes("fulfilment.delivery_demanded")
def tell_of_demand(event: DeliveryDemanded) -> None:
    """Hand the demand to the merchant, and a dated copy of it to the customer."""
    part = find_part(event.merchant_order_id)
    held = Fulfilment.objects.filter(pk=event.fulfilment_id).first()
    if part is None or held is None or held.demanded_at is None:
        return
    zone = ZoneInfo(part.establishment.timezone)
    key = f"delivery_demanded:{part.pk}"
    words = {
        "promised": _day(part.promised_on),
        "until": _day(date.fromisoformat(event.until)),
        "demanded": moment_words(held.demanded_at.astimezone(zone)),
    }
    to_shop = {**words, **_to_order(part)}
    write_to_merchant(part, "delivery_demanded_for_shop", key=key, words=to_shop)
    write_to_customer(part, "delivery_demanded", key=key, words=words)


@subscribes("fulfilment.demand_lapsed")
def tell_of_lapse(event: DemandLapsed) -> None:
    """Tell both that the customer may end the contract now."""
    part = find_part(event.merchant_order_id)
    held = Fulfilment.objects.filter(pk=event.fulfilment_id).first()
    if part is None or held is None or not is_broken(part, held.state, at=timezone.now()):
        return
    key = f"demand_lapsed:{part.pk}"
    until = {"until": _day(held.demanded_until)}
    to_shop = {**until, **_to_order(part)}
    write_to_merchant(part, "demand_lapsed_for_shop", key=key, words=to_shop)
    write_to_customer(part, "demand_lapsed", key=key, words={**until, **_to_rights(part)})


def _to_rights(part: MerchantOrder) -> dict[str, object]:
    """Lead the button to what may be done."""
    portal = part.order.portal
    return {
        "action_url": link_to(portal, "storefront:late", part.order.token, part.pk),
        "action_label": _("What I can do"),
    }


def _to_order(part: MerchantOrder) -> dict[str, object]:
    """Lead the merchant's button to the order itself."""
    slug = part.establishment.slug
    return {
        "action_url": link_to(part.order.portal, "counter:order", slug, part.pk),
        "action_label": _("Open the order"),
    }


def _day(day: date | None) -> str:
    return day_words(day) if day else ""
