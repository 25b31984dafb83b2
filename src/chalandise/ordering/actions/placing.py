"""« Commande avec obligation de paiement »: a checkout becomes one order, once.

Everything is read again under a lock, compared with what the customer saw, and only then written.
Whoever sends the form twice, or ten times at once, gets the same order (fault 5): the row of the
checkout is locked, and the order's ``checkout_id`` is unique should the lock ever fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from chalandise.journal.actions import record_and_emit
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.failpoints import failpoint
from chalandise.logistics.actions import confirm_slots, hold_slots
from chalandise.logistics.errors import SlotFullError, SlotGoneError
from chalandise.logistics.values import SlotChoice
from chalandise.ordering.actions.order_lines import new_line
from chalandise.ordering.actions.writing import write_new
from chalandise.ordering.errors import (
    Change,
    Changed,
    DeclarationMissingError,
    PaysOnlineOnlyError,
    TermsChangedError,
)
from chalandise.ordering.events import MerchantOrderMoved, OrderPlaced
from chalandise.ordering.models import Checkout, MerchantOrder, Order
from chalandise.ordering.numbers import new_order_number
from chalandise.ordering.queries.checkouts import PlannedPart, Preview, lock_checkout, preview
from chalandise.ordering.queries.lost import changes_of, way_gone
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind
from chalandise.stock.actions import firm_up, hold_stock
from chalandise.stock.errors import HoldLostError, OutOfStockError

PAYMENT_MINUTES = 30
_TRIES = 3
_CLOSE = """
    emptied AS (DELETE FROM ordering_cartline WHERE cart_id = %(cart)s::bigint),
    kept AS (
        INSERT INTO ordering_sellerterms (organisation_id, version, html, kept_at)
        SELECT s.organisation_id, s.terms_version, s.terms_html, %(at)s
        FROM catalogue_sellerprofile s
        WHERE s.organisation_id = ANY(%(sellers)s::bigint[]) AND NOT EXISTS (
            SELECT 1 FROM ordering_sellerterms k
            WHERE k.organisation_id = s.organisation_id AND k.version = s.terms_version
        )
        ORDER BY s.organisation_id
        ON CONFLICT (organisation_id, version) DO NOTHING
    ),
    closed AS (
        UPDATE ordering_checkout SET placed_at = %(at)s, cart_id = NULL WHERE id = %(checkout)s
    )
"""


@dataclass(frozen=True)
class Declarations:
    """What the customer ticked: the merchants' terms, and being of age.

    ``digest`` is that of the recap they had before their eyes, where the face kept it.
    """

    terms: bool = False
    age: bool = False
    digest: str = ""


PaysChoice = str | Mapping[int, str]


def place_order(
    checkout: Checkout,
    *,
    seen_total_cents: int,
    form_token: str,
    declarations: Declarations,
    pays: PaysChoice,
    at: datetime,
    by: Actor | None = None,
) -> Order:
    """Order what the checkout holds.

    Parts paid on collection are placed at once; the others await their payment for half an hour.
    A second call returns the order of the first.

    Args:
        checkout: which.
        seen_total_cents: the total that stood above the button.
        form_token: what the form carried; it must be this checkout's.
        declarations: what was ticked.
        pays: ``online`` or ``on_collection``, for all or by establishment.
        at: now.
        by: who presses the button; the customer if nobody is named.

    Raises:
        NotFoundError: the form is not of this checkout.
        TermsChangedError: something is not as it was shown; nothing was ordered (faults 15, 16).
        EmptyCartError, CheckoutIncompleteError: a step is missing.
        DeclarationMissingError: something must be ticked first.
        PaysOnlineOnlyError: a part that cannot be paid on collection.
        StockBusyError, SlotsBusyError: of lower rooms; trying again is safe.
    """
    if form_token != checkout.form_token:
        raise NotFoundError
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                locked = lock_checkout(checkout.pk)
                if locked.placed_at is not None:
                    return Order.objects.get(checkout_id=locked.public_id)
                shown = preview(locked, at=at)
                failpoint("ordering.place.read")
                _require_same(shown, seen_total_cents, declarations.digest)
                _require_declared(shown, declarations)
                return _place(locked, shown, _pays_by_shop(shown, pays), declarations, by, at)
        except IntegrityError:
            # lost a race that the lock should have ended, or drew a number that is taken
            winner = Order.objects.filter(checkout_id=checkout.public_id).first()
            if winner is not None:
                return winner
            if attempt == _TRIES - 1:
                raise
        except (SlotGoneError, SlotFullError) as error:  # its place has closed meanwhile
            raise TermsChangedError([way_gone(error.holder)]) from error
        except (HoldLostError, OutOfStockError) as error:
            raise TermsChangedError(changes_of(error.shortages, checkout)) from error
    raise RuntimeError("unreachable")


def _require_same(shown: Preview, seen_total_cents: int, seen_digest: str) -> None:
    changes = list(shown.changes)
    total = shown.recap.total_cents
    if not changes and total != seen_total_cents:
        changes.append(Change(Changed.TOTAL, was=seen_total_cents, now=total))
    if not changes and seen_digest and seen_digest != shown.recap.digest:
        changes.append(Change(Changed.ESSENTIALS))
    if changes:
        raise TermsChangedError(changes)


def _require_declared(shown: Preview, declarations: Declarations) -> None:
    missing = []
    if not declarations.terms:
        missing.append("terms")
    if shown.recap.needs_age and not declarations.age:
        missing.append("age")
    if missing:
        raise DeclarationMissingError(missing, minimum_age=shown.recap.minimum_age)


def may_pay_on_collection(part: PlannedPart) -> bool:
    """Tell whether somebody of the shop is there to take its money when the customer comes.

    Not at a pooled point nor for a parcel; nor for what another merchant hands over, who must not
    collect the money of others (law §5).
    """
    return part.part.gathered_by_id is None and part.part.way_kind in {
        WayKind.PICKUP,
        WayKind.DELIVERY,
    }


def _pays_by_shop(shown: Preview, pays: PaysChoice) -> dict[int, Pays]:
    """Return how each part is paid, by the part's key."""
    chosen: dict[int, Pays] = {}
    wrong = []
    for one in shown.parts:
        shop = one.part.establishment_id
        word = pays if isinstance(pays, str) else pays.get(shop, Pays.ONLINE)
        chosen[one.part.pk] = Pays(word)
        if chosen[one.part.pk] == Pays.ON_COLLECTION and not may_pay_on_collection(one):
            wrong.append(shop)
    if wrong:
        raise PaysOnlineOnlyError(wrong)
    return chosen


def _place(
    checkout: Checkout,
    shown: Preview,
    pays: Mapping[int, Pays],
    declarations: Declarations,
    by: Actor | None,
    at: datetime,
) -> Order:
    until = at + timedelta(minutes=PAYMENT_MINUTES)
    order = _order(checkout, shown, declarations, until if _awaits(shown, pays) else None, at)
    parts = _merchant_orders(order, shown.parts, pays, at)
    _write(checkout, order, shown.parts, parts, at)
    failpoint("ordering.place.ordered")
    _keep_goods(shown.parts, parts, until, at)
    _keep_slots(shown.parts, parts, until, at)
    failpoint("ordering.place.kept")
    who = by or (Actor.person(checkout.user) if checkout.user else Actor.guest("customer"))
    moved = [MerchantOrderMoved(part.pk, part.state) for part in parts.values()]
    told = {"total_cents": order.total_cents}
    record_and_emit(order, "placed", [OrderPlaced(order.pk), *moved], by=who, at=at, detail=told)
    failpoint("ordering.place.written")
    return order


def _awaits(shown: Preview, pays: Mapping[int, Pays]) -> bool:
    return any(
        _first_state(one, pays) == MerchantOrderState.AWAITING_PAYMENT for one in shown.parts
    )


def _first_state(one: PlannedPart, pays: Mapping[int, Pays]) -> MerchantOrderState:
    if pays[one.part.pk] == Pays.ONLINE and one.total_cents > 0:
        return MerchantOrderState.AWAITING_PAYMENT
    return MerchantOrderState.PLACED


def _order(
    checkout: Checkout,
    shown: Preview,
    declarations: Declarations,
    expires_at: datetime | None,
    at: datetime,
) -> Order:
    recap = shown.recap
    return Order(
        number=new_order_number(),
        checkout_id=checkout.public_id,
        portal=checkout.portal,
        user_id=checkout.user_id,
        source=checkout.source,
        customer_name=checkout.customer_name,
        customer_email=checkout.customer_email,
        customer_phone=checkout.customer_phone,
        address=recap.customer["address"],
        business=checkout.business,
        items_cents=recap.items_cents,
        fee_cents=recap.fee_cents,
        total_cents=recap.total_cents,
        recap=recap.as_json(),
        recap_digest=recap.digest,
        declarations={**asdict(declarations), "at": at.isoformat()},
        placed_at=at,
        expires_at=expires_at,
    )


def _merchant_orders(
    order: Order, planned: Sequence[PlannedPart], pays: Mapping[int, Pays], at: datetime
) -> dict[int, MerchantOrder]:
    """Return the parts by checkout part, not written yet."""
    made: dict[int, MerchantOrder] = {}
    for place, one in enumerate(planned, 1):
        part = one.part
        made[part.pk] = MerchantOrder(
            order=order,
            number=f"{order.number}-{place}",
            establishment=part.establishment,
            organisation=part.establishment.organisation,
            holder=part.holder,
            state=_first_state(one, pays),
            pays=pays[part.pk],
            items_cents=one.share.items_cents,
            fee_cents=one.fee_cents,
            fee_vat_rate_bp=one.fee_rate_bp,
            total_cents=one.total_cents,
            commission_bp=order.portal.commission_bp,
            seller=one.seller,
            way=one.way,
            way_kind=part.way_kind,
            way_key=part.way_key,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            promised_on=one.promised_on,
            note=part.note,
            placed_at=at,
        )
    for one in planned:
        if one.part.gathered_by_id is not None:
            made[one.part.pk].gathered_by = made[one.part.gathered_by_id]
    return made


def _write(
    checkout: Checkout,
    order: Order,
    planned: Sequence[PlannedPart],
    parts: Mapping[int, MerchantOrder],
    at: datetime,
) -> None:
    """Write an order with its parts, presenters before what they gather, and their lines.

    The same statement ends the checkout, empties its basket, and keeps each seller's terms, once a
    version.
    """
    lines = [
        new_line(parts[one.part.pk], line, place)
        for one in planned
        for place, line in enumerate(one.share.lines, 1)
    ]
    by_sort = sorted(parts.values(), key=lambda part: part.gathered_by is not None)
    sellers = sorted({part.organisation_id for part in parts.values()})
    write_new(
        [order],
        by_sort,
        lines,
        also=_CLOSE,
        values={"cart": checkout.cart_id, "at": at, "sellers": sellers, "checkout": checkout.pk},
    )


def _keep_goods(
    planned: Sequence[PlannedPart],
    parts: Mapping[int, MerchantOrder],
    until: datetime,
    at: datetime,
) -> None:
    """Promise what is placed, keep until payment what is not."""
    placed, awaiting = _by_state(planned, parts)
    if placed:
        firm_up([one.part.holder for one in placed], at=at)
    if awaiting:
        hold_stock({one.part.holder: one.share.goods for one in awaiting}, until=until, at=at)


def _keep_slots(
    planned: Sequence[PlannedPart],
    parts: Mapping[int, MerchantOrder],
    until: datetime,
    at: datetime,
) -> None:
    placed, awaiting = _by_state(planned, parts)
    slotted = [one.part.holder for one in placed if _has_slot(one)]
    if slotted and confirm_slots(slotted, at=at):
        raise TermsChangedError([Change(Changed.ESSENTIALS)])
    wanted = {
        one.part.holder: SlotChoice(
            one.part.way_key,
            one.part.establishment_id,
            one.part.starts_at,
            one.part.lead_minutes,
        )
        for one in awaiting
        if _has_slot(one) and one.part.starts_at is not None
    }
    if wanted:
        hold_slots(wanted, until=until, at=at)


def _has_slot(one: PlannedPart) -> bool:
    return one.part.gathered_by_id is None and one.part.starts_at is not None


def _by_state(
    planned: Sequence[PlannedPart], parts: Mapping[int, MerchantOrder]
) -> tuple[list[PlannedPart], list[PlannedPart]]:
    placed = [one for one in planned if parts[one.part.pk].state == MerchantOrderState.PLACED]
    return placed, [one for one in planned if one not in placed]
