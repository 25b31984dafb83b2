"""Taxes: sellers whose data lack, and the yearly declaration of sellers (DAC7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.paging import page_of
from chalandise.directory.models import Establishment
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES
from chalandise.portals.queries import identity_of
from chalandise.settlements.actions.commissions import note_commission_paid, take_note_back
from chalandise.settlements.errors import NothingLeftError
from chalandise.settlements.invoicing.pdf import pdf
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.queries.commissions import commission_invoices_on, get_commission_on
from chalandise.settlements.queries.dac7 import diligence_of, organisations_that_sold, seller_of
from chalandise.settlements.queries.facts import party_of_seller
from chalandise.settlements.tax.dac7 import Seller, dac7_xml
from chalandise.settlements.words import MISSING

FIRST_YEAR = 2023
MOST = 50


@desk_page(DESK_ROLES)
def taxes(request: DeskRequest) -> HttpResponse:
    """Show what is asked of sellers, and the years that can be declared."""
    portal = request.desk.portal
    rows = page_of(request, diligence_of(_organisations(portal)))
    this_year = timezone.localdate().year
    years = [this_year, this_year - 1]
    context = {
        "title": _("Declaration of sellers (DAC7)"),
        "subtitle": _("What lacks is asked for, recalled twice, then new orders stop (60 days)."),
        "rows": rows,
        "asked": [(one, [MISSING[name] for name in one.missing]) for one in rows],
        "years": [_year(portal, year) for year in years],
        "siren": identity_of(portal).operator_siren,
        "commissions": commission_invoices_on(portal)[:MOST],
        "today": timezone.localdate(),
    }
    return render(request, "console/money/taxes.html", context)


@desk_page(DESK_ROLES)
def declaration(request: DeskRequest, year: int) -> HttpResponse:
    """Hand out the file for the tax office of one year."""
    portal, now = request.desk.portal, timezone.now()
    identity = identity_of(portal)
    if not FIRST_YEAR <= year <= timezone.localdate().year or not identity.operator_siren:
        raise Http404
    known = {"address": identity.operator_address, "email": identity.operator_email}
    operator = party_of_seller(known, fallback=identity.operator_name or portal.name)
    operator = replace(
        operator, siren=identity.operator_siren, vat_number=identity.operator_vat_number
    )
    xml = dac7_xml(operator, _sellers(portal, year), year=year, platform=portal.name, at=now)
    response = HttpResponse(xml, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="dac7-{year}.xml"'
    response["Cache-Control"] = "private, no-store"
    return response


@desk_page(DESK_ROLES)
def commission_file(request: DeskRequest, pk: int) -> HttpResponse:
    """Hand out an invoice of the operator's commission."""
    found = get_commission_on(request.desk.portal, pk)
    content = pdf(document_from_json(found.document))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@desk_page(DESK_ROLES)
@require_POST
def commission_paid(request: DeskRequest, pk: int) -> HttpResponse:
    """Note that what was left of an invoice has arrived, or strike a note made by mistake."""
    found = get_commission_on(request.desk.portal, pk)
    by, at = request.desk.actor, timezone.now()
    if request.POST.get("do") == "undo":
        take_note_back(found, by=by, at=at)
        messages.success(request, _("The note is struck: something is left to pay again."))
        return redirect("console:taxes")
    try:
        paid_on = date.fromisoformat(request.POST.get("paid_on", ""))
        note_commission_paid(found, paid_on=paid_on, by=by, at=at)
    except (ValueError, NothingLeftError):
        messages.error(
            request, _("Nothing was noted: give a day from that of the invoice to today.")
        )
    else:
        messages.success(request, _("Noted: the merchant reads it with their papers."))
    return redirect("console:taxes")


def _year(portal: Portal, year: int) -> dict[str, object]:
    sellers = _sellers(portal, year)
    declared = [one for one in sellers if one.is_declared]
    return {
        "year": year,
        "sellers": len(sellers),
        "declared": len(declared),
        "lacking": [one.party.name for one in declared if one.missing],
    }


def _organisations(portal: Portal) -> list[int]:
    shops = Establishment.objects.on(portal).exclude(organisation=None)
    return list(shops.order_by().values_list("organisation", flat=True).distinct())


def _sellers(portal: Portal, year: int) -> list[Seller]:
    sold = set(organisations_that_sold(year=year)) & set(_organisations(portal))
    found = Organisation.objects.in_bulk(sold)
    return [seller_of(one, year=year) for _pk, one in sorted(found.items())]
