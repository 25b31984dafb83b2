"""Which e-mails follow which events."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.messaging.days import moment_words
from chalandise.ordering.events import ReservationMoved
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.states import ReservationState
from chalandise.portals.queries import link_to

TO_CUSTOMER = {
    ReservationState.REQUESTED: "reservation_received",
    ReservationState.ACCEPTED: "reservation_accepted",
    ReservationState.DECLINED: "reservation_declined",
    ReservationState.READY: "reservation_ready",
    ReservationState.EXPIRED: "reservation_expired",
}
TO_MERCHANT = {
    ReservationState.REQUESTED: "reservation_to_answer",
    ReservationState.CANCELLED: "reservation_cancelled",
}


@dataclass(frozen=True)
class _Letter:
    template: str
    to: str
    reply_to: str
    link: str
    label: object


@subscribes("ordering.reservation_moved")
def tell_about_reservation(event: ReservationMoved) -> None:
    """Write to the customer and to the merchant, once for each step."""
    reservation = (
        ReservationRequest.objects.select_related("establishment__commune", "portal")
        .filter(pk=event.reservation_id)
        .first()
    )
    if reservation is None:
        return
    for letter in _letters(reservation, ReservationState(event.state)):
        send(
            letter.template,
            to=letter.to,
            key=f"{letter.template}:{reservation.pk}:{letter.to}",
            portal=reservation.portal,
            reply_to=letter.reply_to,
            context=_words(reservation, letter),
            at=timezone.now(),
        )


def _letters(reservation: ReservationRequest, state: ReservationState) -> list[_Letter]:
    merchants = _merchant_addresses(reservation)
    letters = []
    if template := TO_CUSTOMER.get(state):
        link = link_to(reservation.portal, "storefront:reservation", reservation.token)
        reply_to = merchants[0] if merchants else ""
        letters.append(
            _Letter(template, reservation.customer_email, reply_to, link, _("See my request"))
        )
    if template := TO_MERCHANT.get(state):
        link = link_to(reservation.portal, "counter:reservations", reservation.establishment.slug)
        letters += [
            _Letter(template, to, reservation.customer_email, link, _("Answer")) for to in merchants
        ]
    return letters


def _words(reservation: ReservationRequest, letter: _Letter) -> dict[str, object]:
    shop = reservation.establishment
    zone = ZoneInfo(shop.timezone)
    price = reservation.price_cents
    return {
        "reservation": reservation,
        "shop": shop,
        "shop_name": shop.name,
        "customer_name": reservation.customer_name,
        "when": moment_words(reservation.wanted_at.astimezone(zone)),
        "until": moment_words(reservation.expires_at.astimezone(zone)),
        "price": f"{price // 100},{price % 100:02d}\u00a0€" if price is not None else "",
        "action_url": letter.link,
        "action_label": letter.label,
    }


def _merchant_addresses(reservation: ReservationRequest) -> list[str]:
    organisation = reservation.establishment.organisation
    if organisation is None:
        return []
    people = organisation.members.filter(is_active=True).order_by("memberships__pk")
    return list(dict.fromkeys(people.values_list("email", flat=True)))
