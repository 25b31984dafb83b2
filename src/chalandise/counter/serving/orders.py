"""One order at the counter: read, answered, prepared, sent, let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.taps import (
    BadGestureError,
    Gesture,
    new_key,
    perform,
    refuse,
    say_refusal,
)
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions import arriving, asking, handing, letting_go, preparing
from chalandise.fulfilment.actions.asking import Substitute
from chalandise.fulfilment.actions.handing import Checks
from chalandise.fulfilment.policies import may_correct_arrival
from chalandise.fulfilment.queries.cards import ADULT, Card, CardLine
from chalandise.fulfilment.queries.doors import get_card_for_member
from chalandise.fulfilment.queries.moving import may_move
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.kernel.money import euros
from chalandise.logistics.queries.keepers import is_kept
from chalandise.ordering.queries.lines import perishable_lines
from chalandise.ordering.states import Goods, MerchantOrderState, Pays
from chalandise.payments.actions.kindness import give_back
from chalandise.payments.sums import sums_of
from chalandise.web.address_form import address_lines
from chalandise.web.request import MemberRequest

LONGEST_KEPT_DAYS = 14
MEANS = ("cash", "card")
_GOODS = {one.value: one for one in Goods}
GIVING_BACK = (MerchantOrderState.ACCEPTED, MerchantOrderState.COMPLETED)


@shop_page
def order(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show one order, with everything that may be done about it."""
    card, at = get_card(request, shop, pk), timezone.now()
    done = card.fulfilment
    is_ready = done is not None and done.state == FulfilmentState.READY
    return render(
        request,
        "counter/order.html",
        {
            "shop": shop,
            "section": "requests",
            "now": local_now(shop),
            "today": today_of(shop),
            "card": card,
            "where": address_lines(card.order.order.address),
            "may_move": may_move(card.order, done.state if done else ""),
            "may_correct": done is not None and may_correct_arrival(card.order, done, at=at),
            "perishes": is_ready and bool(perishable_lines(card.order)),
            "is_kept": card.is_brought and is_kept(card.order.way_key),
            "sums": sums_of([card.order])[card.order.pk].sums,
            "may_give_back": card.order.state in GIVING_BACK and card.total_cents > 0,
            "new_key": new_key,
        },
    )


@shop_page
@require_POST
def order_do(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Do what a button of the order says, once."""
    card = get_card(request, shop, pk)
    here = reverse("counter:order", args=[shop.slug, pk])
    reading = GESTURES.get(request.POST.get("do", ""))
    try:
        if reading is None:
            raise BadGestureError(_("This button is not known. Open the page again."))
        gesture = reading(_Pressed(request, shop, card))
    except BadGestureError as error:
        return refuse(request, say_refusal(error), url=here)
    refused = here
    if gesture.what == "hand_over":
        refused = request.POST.get("back") or here
        refused = refused if refused.startswith(here) else here
    return perform(request, shop, gesture, subject=str(pk), refused_url=refused)


def get_card(request: MemberRequest, shop: Establishment, pk: int) -> Card:
    """Return an order of the shop, else 404."""
    card: Card = found_or_404(get_card_for_member, member_of(request), shop, pk, at=timezone.now())
    return card


class _Pressed:
    """What was pressed, on which order, by whom."""

    def __init__(self, request: MemberRequest, shop: Establishment, card: Card) -> None:
        self.order, self.card = card.order, card
        self.by, self.at = actor_of(request), timezone.now()
        self.here = reverse("counter:order", args=[shop.slug, card.order.pk])
        self.board = reverse("counter:board", args=[shop.slug])
        self.hand_over = reverse("counter:hand_over", args=[shop.slug])
        self.customer = card.order.order.customer_name
        self._post = request.POST

    def word(self, name: str, *, most: int = 300) -> str:
        return str(self._post.get(name, "")).strip()[:most]

    def number(self, name: str, *, default: int | None = None) -> int:
        typed = self.word(name, most=12)
        if not typed and default is not None:
            return default
        try:
            return int(typed)
        except ValueError as error:
            raise BadGestureError(_("A number is missing: write it in digits.")) from error

    def ticked(self, name: str) -> bool:
        return self._post.get(name) == "on"

    def line(self) -> CardLine:
        key = self.number("line")
        found = next((one for one in self.card.lines if one.line.pk == key), None)
        if found is None:
            raise BadGestureError(_("This line is not part of the order."))
        return found

    def checks(self, proof: Proof) -> Checks:
        means = self.word("means")
        return Checks(
            proof=proof,
            code=self.word("code"),
            is_age_checked=self.ticked("age"),
            means=means if means in MEANS else "",
        )


def _accept(pressed: _Pressed) -> Gesture:
    def act() -> None:
        preparing.accept(pressed.order, by=pressed.by, at=pressed.at)

    said = _("It’s a yes: %(name)s has just been told.") % {"name": pressed.customer}
    return Gesture("accept", act, said, pressed.board)


def _refuse(pressed: _Pressed) -> Gesture:
    reason = pressed.word("reason", most=500)
    if not reason:
        raise BadGestureError(_("Say why in a few words: the customer reads them."))

    def act() -> None:
        preparing.refuse(pressed.order, reason=reason, by=pressed.by, at=pressed.at)

    said = _("The customer has been told, with your word. What was paid goes back.")
    return Gesture("refuse", act, said, pressed.board)


def _missing(pressed: _Pressed) -> Gesture:
    one = pressed.line()
    quantity = pressed.number("quantity", default=one.quantity)
    instead, price = pressed.word("substitute", most=200), pressed.word("price", most=12)
    substitute = None
    if instead:
        most = one.cents * quantity // one.quantity if one.quantity else 0
        age = ADULT if pressed.word("adult") else 0
        substitute = Substitute(instead, _cents(price) if price else most, age)
    word = pressed.word("word")

    def act() -> None:
        asking.report_missing(
            one.line,
            quantity=quantity,
            substitute=substitute,
            word=word,
            by=pressed.by,
            at=pressed.at,
        )

    if substitute is None:
        said = _("Noted: it will not be charged, and the customer is told.")
    else:
        said = _("The customer is being asked. The order waits on the side until the answer.")
    return Gesture("missing", act, said, pressed.here)


def _weigh(pressed: _Pressed) -> Gesture:
    one, grams = pressed.line(), pressed.number("grams")
    asked: list[object] = []

    def act() -> None:
        asked.append(asking.weigh(one.line, grams=grams, by=pressed.by, at=pressed.at))

    def said() -> str:
        if any(asked):
            return _("%(grams)d g is more than was agreed: the customer is being asked.") % {
                "grams": grams
            }
        return _("Weighed: %(grams)d g. The price follows.") % {"grams": grams}

    return Gesture("weigh", act, said, pressed.here)


def _ready(pressed: _Pressed) -> Gesture:
    place, alone = pressed.word("place", most=40), pressed.ticked("without_answers")
    bags = pressed.number("bags", default=1)

    def act() -> None:
        preparing.mark_ready(
            pressed.order,
            place=place,
            bags=bags,
            without_answers=alone,
            by=pressed.by,
            at=pressed.at,
        )

    said = _("Ready: %(name)s has just been told.") % {"name": pressed.customer}
    if pressed.card.is_brought:
        said = _("Packed. %(name)s will be told when all of it is at the pickup point.") % {
            "name": pressed.customer
        }
    return Gesture("ready", act, said, pressed.board)


def _brought(pressed: _Pressed) -> Gesture:
    if is_kept(pressed.order.way_key):
        raise BadGestureError(_("The people of the point tick what arrives there."))

    def act() -> None:
        arriving.note_arrival(pressed.order, by=pressed.by, at=pressed.at)

    said = _("It is at the pickup point: %(name)s has just been told.") % {"name": pressed.customer}
    return Gesture("brought", act, said, pressed.board)


def _not_brought(pressed: _Pressed) -> Gesture:
    if is_kept(pressed.order.way_key):
        raise BadGestureError(_("The people of the point tick what arrives there."))

    def act() -> None:
        arriving.correct_arrival(pressed.order, by=pressed.by, at=pressed.at)

    said = _("Corrected: %(name)s is told to wait for your word.") % {"name": pressed.customer}
    return Gesture("correct_arrival", act, said, pressed.here)


def _hand_over(pressed: _Pressed) -> Gesture:
    proofs = {Proof.CODE.value, Proof.PASS.value, Proof.KNOWN.value}
    proof = pressed.word("proof")
    checks = pressed.checks(Proof(proof) if proof in proofs else Proof.CODE)

    def act() -> None:
        handing.hand_over(pressed.order, checks=checks, by=pressed.by, at=pressed.at)

    said = _("For %(name)s: handed over. Have a good day!") % {"name": pressed.customer}
    return Gesture("hand_over", act, said, pressed.hand_over)


def _send(pressed: _Pressed) -> Gesture:
    carrier, tracking = pressed.word("carrier", most=60), pressed.word("tracking", most=60)

    def act() -> None:
        handing.send_out(
            pressed.order, carrier=carrier, tracking=tracking, by=pressed.by, at=pressed.at
        )

    said = _("On its way: %(name)s has just been told.") % {"name": pressed.customer}
    return Gesture("send", act, said, pressed.board)


def _deliver(pressed: _Pressed) -> Gesture:
    checks = pressed.checks(Proof.DOOR)

    def act() -> None:
        handing.deliver(pressed.order, checks=checks, by=pressed.by, at=pressed.at)

    said = _("Delivered to %(name)s. Well done.") % {"name": pressed.customer}
    return Gesture("deliver", act, said, pressed.board)


def _let_go(pressed: _Pressed) -> Gesture:
    goods = _GOODS.get(pressed.word("goods"), Goods.BY_KIND)  # not asked by a page of before

    def act() -> None:
        letting_go.let_go(pressed.order, goods=goods, by=pressed.by, at=pressed.at)

    said = {
        Goods.SELLABLE: _(
            "Not collected: the goods are back on the shelf, and what was paid goes back."
        ),
        Goods.LOST: _("Not collected: the goods are counted as lost, and what was paid goes back."),
        Goods.BY_KIND: _(
            "Not collected: what keeps is back on the shelf, what perishes or was cut to weight is"
            " counted as lost, and what was paid goes back."
        ),
    }
    return Gesture("let_go", act, said[goods], pressed.board)


def _keep(pressed: _Pressed) -> Gesture:
    days = min(max(pressed.number("days", default=1), 1), LONGEST_KEPT_DAYS)
    until = _later(pressed, days)

    def act() -> None:
        preparing.keep_longer(pressed.order, until=until, by=pressed.by, at=pressed.at)

    return Gesture("keep", act, _("Kept for longer."), pressed.here)


def _settle(pressed: _Pressed) -> Gesture:
    key, choice = pressed.number("question"), pressed.word("choice")
    question = next((one for one in pressed.card.questions if one.pk == key), None)
    settle: Callable[..., None] | None = {
        "offer": asking.choose_offer,
        "refund": asking.choose_refund,
        "drop": asking.ask_no_more,
    }.get(choice)
    if question is None or settle is None:
        raise BadGestureError(_("This question has found its answer already."))

    def act() -> None:
        settle(question, by=pressed.by, at=pressed.at)

    return Gesture(
        "settle", act, _("Noted, and the order has been brought up to date."), pressed.here
    )


def _amount(pressed: _Pressed) -> Gesture:
    one = pressed.line() if pressed.word("line") else None
    cents, reason = _cents(pressed.word("amount", most=12)), pressed.word("reason", most=500)
    most = one.cents if one else sum(line.cents for line in pressed.card.lines)
    if not 0 < cents <= most:
        raise BadGestureError(
            _("Between one cent and %(most)s: more is not charged for it.") % {"most": euros(most)}
        )
    if not reason:
        raise BadGestureError(_("Say why in a few words: the customer reads them."))
    order = pressed.order

    def act() -> None:
        give_back(
            order,
            line=one.line if one else None,
            cents=cents,
            reason=reason,
            by=pressed.by,
            at=pressed.at,
        )

    words = {"sum": euros(cents), "name": pressed.customer}
    if order.paid_at is None:
        said = _("%(sum)s less: %(name)s will pay that much less.") % words
    elif order.pays == Pays.ONLINE:
        said = _("%(sum)s go back to the card of %(name)s, who is told by e-mail.") % words
    else:
        said = _("Noted: give %(sum)s back to %(name)s yourself, in cash or by card.") % words
    return Gesture("amount", act, said, pressed.here)


def _later(pressed: _Pressed, days: int) -> datetime:
    kept = pressed.card.fulfilment.kept_until if pressed.card.fulfilment else None
    return max(kept or pressed.at, pressed.at) + timedelta(days=days)


def _cents(typed: str) -> int:
    try:
        euros = Decimal(typed.replace(",", ".").replace("€", "").strip())
    except InvalidOperation as error:
        raise BadGestureError(_("This price cannot be read: write it as 4,50.")) from error
    if not euros.is_finite() or not 0 <= euros < 100_000:
        raise BadGestureError(_("This price cannot be read: write it as 4,50."))
    return round(euros * 100)


GESTURES: dict[str, Callable[[_Pressed], Gesture]] = {
    "accept": _accept,
    "refuse": _refuse,
    "missing": _missing,
    "weigh": _weigh,
    "ready": _ready,
    "brought": _brought,
    "not_brought": _not_brought,
    "hand_over": _hand_over,
    "send": _send,
    "deliver": _deliver,
    "let_go": _let_go,
    "keep": _keep,
    "settle": _settle,
    "amount": _amount,
}
