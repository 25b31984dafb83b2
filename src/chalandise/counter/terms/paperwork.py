"""« Mes papiers »: invoices, statements, and a merchant's own data in one click."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from typing_extensions import override

from chalandise.counter.doors import found_or_404, own_hands_page
from chalandise.counter.listing.hours import today_of
from chalandise.counter.terms.diligence import diligence_of
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import identity_of
from chalandise.settlements.actions.exporting import note_export
from chalandise.settlements.actions.invoicing import keep_file
from chalandise.settlements.exports.accounting import accounting_table
from chalandise.settlements.exports.identity import identity_table
from chalandise.settlements.exports.merchant import (
    customers_table,
    orders_table,
    products_table,
)
from chalandise.settlements.exports.reports import daily_totals_table
from chalandise.settlements.exports.statements import (
    seller_year_pdf,
    statement_pdf,
    statement_table,
)
from chalandise.settlements.exports.tables import MEDIA_TYPES, Format, Table
from chalandise.settlements.invoicing.pdf import pdf
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.periods import Span, month
from chalandise.settlements.queries.commissions import (
    commission_invoices_of,
    get_commission_for_member,
)
from chalandise.settlements.queries.dac7 import seller_of
from chalandise.settlements.queries.doors import (
    get_invoice_for_member,
    get_statement_for_member,
    list_invoices_of,
)
from chalandise.settlements.queries.facts import party_of_organisation
from chalandise.settlements.queries.franchise import near_thresholds
from chalandise.settlements.queries.statements import statements_of
from chalandise.settlements.queries.totals import merged_taxes, records_of
from chalandise.web.request import MemberRequest

FIRST_YEAR = 2020
SHOWN_STATEMENTS = 12
LONGEST = timedelta(days=366)
PDF = "application/pdf"
EXPORTS = (
    ("commandes", gettext_lazy("Orders of these days"), gettext_lazy("one row a line ordered")),
    ("ecritures", gettext_lazy("For the accountant"), gettext_lazy("entries in the FEC columns")),
    (
        "totaux",
        gettext_lazy("Daily totals"),
        gettext_lazy("by rate of VAT, for the electronic report"),
    ),
    ("clients", gettext_lazy("My customers"), gettext_lazy("all who ever ordered from you")),
    ("produits", gettext_lazy("My products"), gettext_lazy("with prices and references")),
    ("vendeur", gettext_lazy("Who sells"), gettext_lazy("what customers read, and the tax office")),
)


class PeriodForm(forms.Form):
    """The days that an export is about."""

    starts_on = forms.DateField(
        label=gettext_lazy("From (included)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("To (included)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @override
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("ends_on", _("Take a year at most at a time."))
        return given


@own_hands_page
def papers(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show a month of documents and what can be taken along."""
    span = _month(request.GET.get("mois", ""), today_of(shop))
    form = PeriodForm(initial={"starts_on": span.starts_on, "ends_on": span.ends_on})
    return _page(request, shop, span, form)


@own_hands_page
@require_POST
def export(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Hand out one table, and note who took it."""
    what, _dot, form = request.POST.get("file", "").partition(".")
    if form not in MEDIA_TYPES:
        raise Http404
    period = PeriodForm(request.POST)
    if not period.is_valid():
        return _page(request, shop, _month("", today_of(shop)), period)
    organisation = _organisation(shop)
    table = _table(
        what, organisation, period.cleaned_data["starts_on"], period.cleaned_data["ends_on"]
    )
    name = table.file_name(form)
    by, at = Actor.person(request.user), timezone.now()
    note_export(organisation, name, len(table.rows), by=by, at=at)
    return _written(table, form)


@own_hands_page
def invoice_file(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Hand out an invoice or a credit note as its one and only PDF."""
    found = found_or_404(get_invoice_for_member, request.user, pk)
    if found.organisation_id != _organisation(shop).pk:
        raise Http404
    return _attached(keep_file(found, at=timezone.now()), f"{found.number}.pdf", PDF)


@own_hands_page
def statement_file(request: MemberRequest, shop: Establishment, pk: int, form: str) -> HttpResponse:
    """Hand out a statement on paper or as a table."""
    found = found_or_404(get_statement_for_member, request.user, pk)
    organisation = _organisation(shop)
    if found.organisation_id != organisation.pk:
        raise Http404
    table = statement_table(found)
    if form in MEDIA_TYPES:
        return _written(table, form)
    if form != "pdf":
        raise Http404
    party = party_of_organisation(organisation)
    content = statement_pdf(found, party, operator=_operator(request.portal))
    return _attached(content, f"{table.name}.pdf", PDF)


@own_hands_page
def commission_file(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Hand out what the operator charged for a month."""
    found = found_or_404(get_commission_for_member, request.user, pk)
    if found.organisation_id != _organisation(shop).pk:
        raise Http404
    return _attached(pdf(document_from_json(found.document)), f"{found.number}.pdf", PDF)


@own_hands_page
def year_file(request: MemberRequest, shop: Establishment, year: int) -> HttpResponse:
    """Hand out what the platform knows of a seller's year (DAC7)."""
    if not FIRST_YEAR <= year <= today_of(shop).year:
        raise Http404
    organisation = _organisation(shop)
    seller = seller_of(organisation, year=year)
    content = seller_year_pdf(seller, year=year, operator=_operator(request.portal))
    return _attached(content, f"ventes-{year}.pdf", PDF)


def _page(
    request: MemberRequest, shop: Establishment, span: Span, form: PeriodForm
) -> HttpResponse:
    organisation = _organisation(shop)
    today = today_of(shop)
    records = list(records_of(organisation.pk, span.starts_on, span.ends_on))
    before = span.starts_on - timedelta(days=1)
    after = span.ends_on + timedelta(days=1)
    context = {
        "shop": shop,
        "section": "listing",
        "organisation": organisation,
        "month": span.starts_on,
        "before": before if before.year >= FIRST_YEAR else None,
        "after": after if after <= today else None,
        "invoices": list_invoices_of(organisation).filter(
            issued_on__range=(span.starts_on, span.ends_on)
        ),
        "rates": merged_taxes(records),
        "sum_cents": sum(one.gross_cents for one in records),
        "statements": statements_of(organisation.pk)[:SHOWN_STATEMENTS],
        "commissions": commission_invoices_of(organisation)[:SHOWN_STATEMENTS],
        "years": [today.year, today.year - 1],
        "exports": EXPORTS,
        "thresholds": near_thresholds(shop, on=today),
        **diligence_of(shop),
        "form": form,
    }
    return render(request, "counter/paperwork.html", context, status=422 if form.is_bound else 200)


def _table(what: str, organisation: Organisation, first: date, last: date) -> Table:
    match what:
        case "commandes":
            return orders_table(organisation, first, last)
        case "clients":
            return customers_table(organisation)
        case "produits":
            return products_table(organisation)
        case "vendeur":
            return identity_table(organisation)
        case "ecritures":
            return accounting_table(organisation.pk, first, last)
        case "totaux":
            return daily_totals_table(organisation.pk, first, last)
        case _:
            raise Http404


def _written(table: Table, form: Format) -> HttpResponse:
    return _attached(table.written_as(form), table.file_name(form), MEDIA_TYPES[form])


def _attached(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _month(typed: str, today: date) -> Span:
    year, _dash, number = typed.partition("-")
    if all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (year, number)):
        wanted = int(year), int(number)
        if (FIRST_YEAR, 1) <= wanted <= (today.year, today.month) and 1 <= wanted[1] <= 12:
            return month(*wanted)
    return month(today.year, today.month)


def _operator(portal: Portal) -> str:
    return identity_of(portal).operator_name or portal.name


def _organisation(shop: Establishment) -> Organisation:
    organisation = shop.organisation
    assert organisation is not None  # noqa: S101 - `shop_page` opens by membership
    return organisation
