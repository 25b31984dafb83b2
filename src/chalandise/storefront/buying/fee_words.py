"""What getting things costs at least, in the words of the basket."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from chalandise.logistics.queries.fees import LeastFees
from chalandise.web.formatting import money


def say_fees(fees: LeastFees) -> str:
    """Return « Retrait gratuit · Livraison dès 4,90 € »; blank where nothing is offered."""
    said = [_collecting(fees), _bringing(fees)]
    return " · ".join(one for one in said if one)


def say_least(fees: Collection[LeastFees]) -> str:
    """Return what getting everything costs at least; blank where a shop offers no way at all."""
    if not all(one.has_way for one in fees):
        return ""
    least = sum(one.least_cents for one in fees)
    return _("from %(fee)s") % {"fee": money(least)} if least else _("possible for nothing")


def _collecting(fees: LeastFees) -> str:
    known = [one for one in (fees.counter_cents, fees.point_cents) if one is not None]
    if not known:
        return ""
    least = min(known)
    return (
        _("Collecting from %(fee)s") % {"fee": money(least)} if least else _("Collecting is free")
    )


def _bringing(fees: LeastFees) -> str:
    if fees.round_cents is not None:
        known = [one for one in (fees.round_cents, fees.parcel_cents) if one is not None]
        least = min(known)
        return _("Delivery from %(fee)s") % {"fee": money(least)} if least else _("Free delivery")
    if fees.parcel_cents is not None:
        fee = money(fees.parcel_cents)
        return _("Sent from %(fee)s") % {"fee": fee} if fees.parcel_cents else _("Sent for nothing")
    if fees.round_from_cents is not None:
        return _("Delivery for orders from %(sum)s") % {"sum": money(fees.round_from_cents)}
    return ""
