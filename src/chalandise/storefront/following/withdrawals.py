"""The withdrawal function (L221-21 and D221-5, since 19 June 2026): find, declare, confirm, receipt.

It works without an account and without script. An order is found by its number and the address it was
placed with, or by its private link; what is found is carried by a signed key that opens nothing else
and ends by itself. Every step is a page; only the last one changes anything.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.fulfilment.queries.goods import goods_of
from chalandise.journal.actions import count_attempt
from chalandise.kernel.errors import NotFoundError, RateLimitedError, StaleStateError
from chalandise.kernel.rate import Rate
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.refund_turns import say_sent
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.errors import (
    MoreThanStandsError,
    NothingToWithdrawError,
    TooLateToWithdrawError,
)
from chalandise.ordering.models import Order, Withdrawal
from chalandise.ordering.numbers import tidy_order_number
from chalandise.ordering.queries.orders import get_order_by_token, list_orders_of
from chalandise.ordering.queries.refunds import facts_of
from chalandise.ordering.queries.withdrawals import (
    find_order_for_withdrawal,
    get_withdrawal_by_token,
    list_withdrawals_with,
    withdrawable,
)
from chalandise.ordering.refund_clock import paid_back_on
from chalandise.ordering.states import WithdrawalState
from chalandise.stock.errors import StockBusyError
from chalandise.storefront.buying.cart_cookie import person_of
from chalandise.storefront.following.withdrawal_codes import send_code
from chalandise.storefront.following.withdrawal_form import (
    FindForm,
    SentForm,
    SignForm,
    choices_of,
    chosen_of,
    only_line_of,
)
from chalandise.storefront.following.withdrawal_keys import (
    FORM_SALT,
    order_of,
    to_code,
    to_form,
    too_late,
)
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.withdrawal_words import say_exception
from chalandise.web.doors import found_or_404
from chalandise.web.errors import too_many
from chalandise.web.formatting import calendar_day, clock
from chalandise.web.request import PortalRequest, actor_of, client_address

KEY_SECONDS = 4 * 3600
FINDS = Rate(burst=12, period_seconds=3600)
FINDS_OF_ONE = Rate(burst=12, period_seconds=3600)
LONGEST_ID = 19
LONGEST_COUNT = 6


def withdraw(request: PortalRequest) -> HttpResponse:
    """Find the order to withdraw from by its number and address; a code goes to that address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            found = _find(request, form.cleaned_data["number"], form.cleaned_data["email"])
        except RateLimitedError as error:
            return too_many(request, error.retry_after_seconds)
        except NotFoundError:
            form.add_error(
                None,
                _(
                    "No order has this number together with this address. Both are in the "
                    "confirmation e-mail; without it, call the shop: a letter is as good as this form."
                ),
            )
        else:
            send_code(request, found)
            return redirect(to_code(found))
    person = person_of(request)
    context = {
        "form": form,
        "orders": list_orders_of(person)[:10] if person is not None else [],
        "is_late": "perime" in request.GET,
        "crumbs": crumbs_to(request, (_("Withdraw from the contract"), "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "storefront/withdrawals/find.html", context, status=status)


def _find(request: PortalRequest, number: str, email: str) -> Order:
    at = timezone.now()
    count_attempt(f"withdrawal:{client_address(request)}", FINDS, at=at)
    count_attempt(f"withdrawal_of:{tidy_order_number(number)}", FINDS_OF_ONE, at=at)
    if "\x00" in number or "\x00" in email:
        raise NotFoundError
    return find_order_for_withdrawal(number, email)


def withdraw_from(request: PortalRequest, token: str) -> HttpResponse:
    """Go from the private link of an order straight to its form."""
    return redirect(to_form(found_or_404(get_order_by_token, token)))


def form(request: PortalRequest, key: str) -> HttpResponse:
    """Declare the withdrawal: who, what; then confirm it."""
    order = order_of(key, salt=FORM_SALT, seconds=KEY_SECONDS)
    if order is None:
        return redirect(too_late())
    if request.method != "POST":
        first = {"name": order.customer_name, "email": order.customer_email}
        return _form_page(request, order, SignForm(initial=first))
    sign = SignForm(request.POST)
    wanted = chosen_of(withdrawable(order, at=timezone.now()), request.POST)
    step = request.POST.get("step")
    if not sign.is_valid() or step == "change":
        return _form_page(request, order, sign, 200 if step == "change" else 422)
    if not wanted:
        sign.add_error(None, _("Choose at least one thing to give back."))
        return _form_page(request, order, sign, 422)
    if step == "confirm":
        return _confirm(request, order, sign, wanted)
    return _sure_page(request, order, sign, wanted)


def _confirm(
    request: PortalRequest, order: Order, sign: SignForm, wanted: dict[int, int]
) -> HttpResponse:
    """Confirm what the second step showed: as sent, or not at all."""
    if wanted != _as_shown(request):
        sign.add_error(None, _("Something changed meanwhile. Nothing was sent: look again."))
        return _form_page(request, order, sign, 409)
    try:
        made = confirm_withdrawal(
            order,
            wanted,
            name=sign.cleaned_data["name"].replace("\x00", ""),
            email=sign.cleaned_data["email"],
            at=timezone.now(),
            by=actor_of(request),
            goods_of=goods_of,
        )
    except (MoreThanStandsError, NothingToWithdrawError, TooLateToWithdrawError):
        sign.add_error(None, _("Something changed meanwhile. Nothing was sent: look again."))
        return _form_page(request, order, sign, 409)
    except (StockBusyError, SlotsBusyError):
        sign.add_error(
            None, _("Many people are ordering just now. Nothing was sent: press once more.")
        )
        return _form_page(request, order, sign, 409)
    return redirect("storefront:withdrawn", token=made[0].token)


def _as_shown(request: PortalRequest) -> dict[int, int]:
    """Return the lines that the second step carried."""
    shown = {}
    for field, count in request.POST.items():
        line_id = field.removeprefix("line-")
        is_line = field.startswith("line-") and line_id.isdecimal() and len(line_id) < LONGEST_ID
        if is_line and isinstance(count, str) and count.isdecimal() and len(count) < LONGEST_COUNT:
            shown[int(line_id)] = int(count)
    return {line_id: count for line_id, count in shown.items() if count}


def _form_page(
    request: PortalRequest, order: Order, sign: SignForm, status: int = 200
) -> HttpResponse:
    offered = withdrawable(order, at=timezone.now())
    is_sent = request.method == "POST"
    wanted = chosen_of(offered, request.POST) if is_sent else only_line_of(offered)
    said = request.POST if is_sent else {}
    context = {
        "order": order,
        "form": sign,
        "choices": choices_of(offered, wanted, said),
        "may_withdraw": any(one.may_withdraw for one in offered),
        "takes_everything": "everything" in said,
        "past": _told(order.number, list_withdrawals_with(order)),
    }
    return _answer(request, "form", context, status)


def _sure_page(
    request: PortalRequest, order: Order, sign: SignForm, wanted: dict[int, int]
) -> HttpResponse:
    offered = withdrawable(order, at=timezone.now())
    parts = [
        (one.part, [line for line in one.lines if line.chosen])
        for one in choices_of(offered, wanted, {})
    ]
    context = {
        "order": order,
        "form": sign,
        "name": sign.cleaned_data["name"],
        "email": sign.cleaned_data["email"],
        "parts": [(part, lines) for part, lines in parts if lines],
        "may_object": any(line.exception for _part, lines in parts for line in lines),
    }
    return _answer(request, "sure", context)


def withdrawn(request: PortalRequest, token: str) -> HttpResponse:
    """Acknowledge on a page to keep: content, date and time of what was declared together."""
    return _receipt(request, found_or_404(get_withdrawal_by_token, token))


def _receipt(
    request: PortalRequest, one: Withdrawal, proof: SentForm | None = None, status: int = 200
) -> HttpResponse:
    """Show what was declared together, with the ``proof`` typed for one of them if it is refused."""
    order, today = one.merchant_order.order, timezone.localdate()
    together = [
        other for other in list_withdrawals_with(order) if other.confirmed_at == one.confirmed_at
    ]
    proofs = {other.pk: SentForm(other.pk, today=today) for other in together}
    if proof is not None:
        proofs[one.pk] = proof
    shown = zip(_told(order.number, together), proofs.values(), strict=True)
    context = {
        "order": order,
        "first": one,
        "told": [{**said, "proof": own} for said, own in shown],
    }
    return _answer(request, "done", context, status)


@require_POST
def sent_back(request: PortalRequest, token: str) -> HttpResponse:
    """Take the proof that the goods were sent back: the merchant waits no longer (L221-24)."""
    one = found_or_404(get_withdrawal_by_token, token)
    proof = SentForm(one.pk, request.POST, today=timezone.localdate())
    if not proof.is_valid():
        return _receipt(request, one, proof, status=422)
    with suppress(StaleStateError):  # said already, or paid back: the page says so
        say_sent(one, **proof.cleaned_data, by=actor_of(request), at=timezone.now())
    return redirect("storefront:withdrawn", token=token)


def _told(number: str, withdrawals: list[Withdrawal]) -> list[dict[str, object]]:
    return [
        {
            "withdrawal": one,
            "number": number,
            "shop": one.merchant_order.establishment,
            "seller": one.content.get("seller") or one.merchant_order.establishment.name,
            "moment": _moment(one.confirmed_at, one.merchant_order.establishment.timezone),
            "due": calendar_day(one.refund_due_on, "long"),
            **_clock(one),
            "lines": [
                {**line, "reason": say_exception(line.get("exception", ""))}
                for line in one.content["lines"]
            ],
        }
        for one in withdrawals
    ]


def _clock(one: Withdrawal) -> dict[str, object]:
    """Return what the refund clock says about one: the day, and whether goods are awaited."""
    if one.applied_at is not None or one.state == WithdrawalState.CONTESTED:
        return {}
    facts = facts_of(one)
    day = paid_back_on(facts)
    return {
        "awaits_goods": day is None,
        "comes_back": calendar_day(day, "long") if day and not facts.is_by_hand else "",
        "is_by_hand": facts.is_by_hand,
    }


def _moment(at: datetime, zone: str) -> str:
    """Return date and time to the second, on the clock of the shop."""
    local = at.astimezone(ZoneInfo(zone))
    with timezone.override(ZoneInfo(zone)):
        words = {
            "day": calendar_day(local, "long"),
            "time": clock(local),
            "exact": f"{local:%H:%M:%S}",
        }
    return _("%(day)s at %(time)s (%(exact)s)") % words


def _answer(
    request: PortalRequest, name: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    crumbs = crumbs_to(
        request,
        (_("Withdraw from the contract"), reverse("storefront:withdraw")),
        (_("Order %(number)s") % {"number": getattr(context["order"], "number", "")}, ""),
    )
    values = {"section": "order", "noindex": True, "crumbs": crumbs, **context}
    response = render(request, f"storefront/withdrawals/{name}.html", values, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
