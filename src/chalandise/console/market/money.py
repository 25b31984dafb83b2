"""Money that needs a person: what does not add up, what is to be arranged, refunds, disputes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.history import history_of
from chalandise.console.market.money_words import (
    MONEY_VERBS,
    WHAT_HELPS,
    arrangement,
    fact_of_money,
)
from chalandise.console.market.purse import (
    MOST,
    accounts_changed_on,
    discrepancies_on,
    disputes_on,
    get_discrepancy_on,
    late_withdrawals_on,
    never_collected,
    parts_to_arrange,
    refunds_under_way,
)
from chalandise.console.paging import page_of
from chalandise.journal.actions import subject_of
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.errors import SlotsBusyError
from chalandise.payments.actions.settling import DOUBTS, Remedy, put_right
from chalandise.payments.errors import CannotPutRightError, ProviderError
from chalandise.payments.models import Discrepancy
from chalandise.payments.states import DiscrepancyKind, DiscrepancyState, PaymentState
from chalandise.portals.policies import DESK_ROLES
from chalandise.stock.errors import StockBusyError

REMEDIES = [
    (
        Remedy.NOTED.value,
        gettext_lazy("It is dealt with elsewhere: only note it"),
    ),
    (Remedy.GIVE_BACK.value, gettext_lazy("Give all of it back to the customer")),
    (Remedy.KEEP.value, gettext_lazy("Keep it for the order, give back what is too much")),
]


class RemedyForm(forms.Form):
    """What is decided, and why."""

    remedy = forms.ChoiceField(
        label=gettext_lazy("What is to be done"), choices=REMEDIES, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("What you found out (kept with the decision)"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object, *, moves_money: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type] # the data of a request, or none
        if not moves_money:
            self.fields["remedy"].choices = REMEDIES[:1]  # type: ignore[attr-defined] # a ChoiceField
            self.fields["remedy"].initial = Remedy.NOTED.value


@desk_page(DESK_ROLES)
def money(request: DeskRequest) -> HttpResponse:
    """Show everything about money that waits for a person."""
    portal = request.desk.portal
    context = {
        "title": _("Money to look at"),
        "subtitle": _(
            "Each matter waits for a person, or for the bank. The provider holds the money, never we."
        ),
        "rows": page_of(request, discrepancies_on(portal)),
        "parts": [(one, arrangement(one.to_arrange)) for one in parts_to_arrange(portal)[:MOST]],
        "uncollected": never_collected(portal, at=timezone.now())[:MOST],
        "refunds": refunds_under_way(portal)[:MOST],
        "disputes": disputes_on(portal)[:MOST],
        "accounts": accounts_changed_on(portal, at=timezone.now())[:MOST],
        "now": timezone.now(),
        "withdrawals": late_withdrawals_on(portal, on=timezone.localdate())[:MOST],
    }
    return render(request, "console/money/list.html", context)


@desk_page(DESK_ROLES)
def discrepancy(request: DeskRequest, pk: int) -> HttpResponse:
    """Read what does not add up, and decide."""
    found = get_discrepancy_on(request.desk.portal, pk)
    form = RemedyForm(request.POST or None, moves_money=_moves_money(found))
    if request.method == "POST" and form.is_valid() and _decide(request, found, form):
        return redirect("console:money")
    part = found.payment.merchant_order if found.payment else None
    context = {
        "title": capfirst(found.get_kind_display()),
        "subtitle": part.establishment.name if part else str(found.organisation or ""),
        "back_url": reverse("console:money"),
        "back_label": _("Money to look at"),
        "found": found,
        "part": part,
        "facts": _facts(found),
        "hint": WHAT_HELPS.get(DiscrepancyKind(found.kind)),
        "is_open": found.state == DiscrepancyState.OPEN,
        "form": form,
        "history": history_of(subject_of(found), MONEY_VERBS),
    }
    return form_page(request, "console/money/discrepancy.html", context)


def _decide(request: DeskRequest, found: Discrepancy, form: RemedyForm) -> bool:
    """Put it right; say what became of it. False: the page comes back with the reason."""
    try:
        put_right(
            found,
            Remedy(form.cleaned_data["remedy"]),
            by=request.desk.actor,
            at=timezone.now(),
            note=form.cleaned_data["note"],
        )
    except StaleStateError:
        messages.warning(request, _("Somebody else has dealt with it meanwhile."))
    except CannotPutRightError:
        form.add_error(
            "remedy",
            _("What the bank says now does not allow it. Nothing moved; choose another way."),
        )
        return False
    except ProviderError:
        form.add_error(None, _("The bank does not answer. Nothing moved; try again later."))
        return False
    except (StockBusyError, SlotsBusyError):
        form.add_error(
            None, _("Many people are ordering just now. Nothing moved: press once more.")
        )
        return False
    else:
        messages.success(request, _("Decided and noted."))
    return True


def _moves_money(found: Discrepancy) -> bool:
    return (
        found.payment is not None
        and found.kind in DOUBTS
        and found.payment.state != PaymentState.CAPTURED
    )


def _facts(found: Discrepancy) -> list[tuple[str, str]]:
    """Put what was kept into words: what was asked first, then what was found."""
    asked = [(key, value) for key, value in found.detail.items() if not isinstance(value, dict)]
    nested = [(one, value) for one, value in found.detail.items() if isinstance(value, dict)]
    told = [fact_of_money(key, value) for key, value in asked]
    for _name, values in nested:
        told += [fact_of_money(f"found_{key}", value) for key, value in values.items()]
    return told
