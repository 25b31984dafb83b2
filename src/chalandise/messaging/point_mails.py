"""Which e-mails a pooled point sends: the invitation of its people, « all is there », « not yet »."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.fulfilment.events import ArrivalCorrected, FulfilmentMoved
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.events import subscribes
from chalandise.logistics.events import KeeperInvited
from chalandise.logistics.models import PointKeeper
from chalandise.messaging.actions import send
from chalandise.messaging.days import moment_words
from chalandise.messaging.models import Message
from chalandise.messaging.order_mails import (
    find_part,
    write_to_customer,
    write_to_merchant,
)
from chalandise.ordering.states import WayKind
from chalandise.portals.queries import link_to


@subscribes("logistics.keeper_invited")
def invite_keeper(event: KeeperInvited) -> None:
    """Send the address of the point to the person who was invited, once for each invitation."""
    keeper = (
        PointKeeper.objects.select_related("point__portal", "user")
        .filter(pk=event.keeper_id)
        .first()
    )
    if keeper is None or keeper.point.portal is None:
        return
    portal = keeper.point.portal
    send(
        "keeper_invited",
        to=keeper.user.email,
        key=f"keeper_invited:{keeper.pk}:{event.invited_at}",
        portal=portal,
        context={
            "point": keeper.point,
            "portal_name": portal.name,
            "email": keeper.user.email,
            "action_url": link_to(portal, "counter:point", keeper.point_id),
            "action_label": _("Open the point"),
        },
        at=timezone.now(),
    )


@subscribes("fulfilment.moved")
def tell_that_all_is_there(event: FulfilmentMoved) -> None:
    """Tell the customer and the merchant that an order has arrived whole at its pooled point."""
    if event.state != FulfilmentState.READY:
        return
    part = find_part(event.merchant_order_id)
    if part is None or part.way_kind != WayKind.POINT or part.gathered_by_id is not None:
        return
    fulfilment = Fulfilment.objects.get(pk=event.fulfilment_id)
    if fulfilment.ready_at is None:
        return  # it was ticked by mistake, and corrected before anybody was told
    zone = ZoneInfo(part.way.get("timezone") or part.establishment.timezone)
    kept = fulfilment.kept_until
    words = {
        "place": part.way.get("label", ""),
        "bags": fulfilment.bags,
        "kept_until": moment_words(kept.astimezone(zone)) if kept else "",
    }
    told = _once(part.pk, fulfilment.ready_at)
    write_to_customer(part, "order_at_point", key=f"order_at_point:{told}", words=words)
    key = f"order_at_point_for_shop:{told}"
    write_to_merchant(part, "order_at_point_for_shop", key=key, words=words)


@subscribes("fulfilment.arrival_corrected")
def tell_that_it_is_not_there(event: ArrivalCorrected) -> None:
    """Tell those who were told that all is there that it is not, after all."""
    part = find_part(event.merchant_order_id)
    told = _once(event.merchant_order_id, datetime.fromisoformat(event.ready_at))
    keys = (f"order_at_point:{told}:", f"order_at_point_for_shop:{told}:")
    heard = [Message.objects.filter(key__startswith=one).exists() for one in keys]
    if part is None or not any(heard):
        return
    words = {"place": part.way.get("label", "")}
    if heard[0]:
        write_to_customer(part, "order_not_at_point", key=f"order_not_at_point:{told}", words=words)
    if heard[1]:
        key = f"order_not_at_point_for_shop:{told}"
        write_to_merchant(part, "order_not_at_point_for_shop", key=key, words=words)


def _once(merchant_order_id: int, ready_at: datetime) -> str:
    """Return what is told once: an order is ready twice where the first time was a mistake."""
    return f"{merchant_order_id}:{int(ready_at.timestamp())}"
