"""Which e-mails follow a slot: it was moved, or its point is closed then."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chalandise.fulfilment.queries.points import booked_between
from chalandise.journal.events import subscribes
from chalandise.logistics.events import PointShut
from chalandise.logistics.models import PointClosing
from chalandise.messaging.order_mails import find_part, write_to_customer, write_to_merchant
from chalandise.ordering.events import MerchantOrderMoved, SlotMoved
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.portals.queries import link_to


@subscribes("ordering.slot_moved")
def tell_about_move(event: SlotMoved) -> None:
    """Confirm the new time to the customer; tell the merchant when the customer moved it."""
    part = find_part(event.merchant_order_id)
    if part is None or part.slot_moves != event.moves:
        return  # moved again meanwhile: only the last time counts
    words = {"place": _place(part)}
    key = f"slot_moved:{part.pk}:{event.moves}"
    calendar = link_to(part.order.portal, "storefront:tour_calendar", part.order.token)
    write_to_customer(part, "slot_moved", key=key, words={**words, "calendar_url": calendar})
    if event.is_by_customer:
        write_to_merchant(part, "slot_moved_for_shop", key=f"{key}:shop", words=words)
    _tell_if_shut(part.pk)  # it moved into a closing that was announced at this very moment


@subscribes("logistics.point_shut")
def tell_who_is_booked(event: PointShut) -> None:
    """Tell everybody who is booked while a point is closed how to come at another time, once."""
    closing = PointClosing.objects.select_related("point").filter(pk=event.closing_id).first()
    if closing is None:
        return
    for card in booked_between(
        closing.point, closing.starts_at, closing.ends_at, at=closing.announced_at
    ):
        _tell_of(closing, card.order.pk)


@subscribes("ordering.merchant_order_moved")
def tell_who_paid_meanwhile(event: MerchantOrderMoved) -> None:
    """Tell the same to whoever paid for such a slot after it was announced."""
    if event.state == MerchantOrderState.PLACED:
        _tell_if_shut(event.merchant_order_id)


def _tell_if_shut(merchant_order_id: int) -> None:
    part = MerchantOrder.objects.filter(
        pk=merchant_order_id, way_kind=WayKind.POINT, starts_at__isnull=False
    ).first()
    if part is None or part.ends_at is None:
        return
    point = int(part.way_key.partition(":")[2])
    shut = PointClosing.objects.filter(
        point=point, starts_at__lt=part.ends_at, ends_at__gt=part.starts_at
    )
    for closing in shut.order_by("pk"):
        _tell_of(closing, part.pk)


def _tell_of(closing: PointClosing, merchant_order_id: int) -> None:
    part = find_part(merchant_order_id)
    if part is None:
        return
    link = link_to(part.order.portal, "storefront:move_slot", part.order.token, part.pk)
    words = {
        "place": _place(part),
        "reason": closing.reason,
        "action_url": link,
        "action_label": _("Choose another time"),
    }
    write_to_customer(part, "point_shut", key=f"point_shut:{closing.pk}:{part.pk}", words=words)


def _place(part: MerchantOrder) -> str:
    if part.way_kind == WayKind.POINT:
        return str(part.way.get("label", ""))
    return part.establishment.name
