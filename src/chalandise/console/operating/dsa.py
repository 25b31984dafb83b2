"""The yearly report on moderation (DSA, articles 15 and 24): counted, printable, and as a table."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.operating.dsa_figures import FIRST_YEAR, Line, report_of
from chalandise.portals.policies import DESK_ROLES
from chalandise.settlements.exports.tables import MEDIA_TYPES, Table


@desk_page(DESK_ROLES)
def dsa(request: DeskRequest) -> HttpResponse:
    """Show the figures of a year."""
    this_year = timezone.localdate().year
    years = list(range(this_year, FIRST_YEAR - 1, -1))
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else this_year
    context = {
        "title": _("Report on moderation (DSA)"),
        "subtitle": _("Articles 15 and 24 of regulation (EU) 2022/2065."),
        "year": year,
        "years": years,
        "lines": report_of(request.desk.portal, year),
        "portal": request.desk.portal,
    }
    return render(request, "console/operating/dsa.html", context)


@desk_page(DESK_ROLES)
def dsa_file(request: DeskRequest, year: int) -> HttpResponse:
    """Hand out the same as a table."""
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404
    table = _table(report_of(request.desk.portal, year), year)
    response = HttpResponse(table.written_as("csv"), content_type=MEDIA_TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="{table.file_name("csv")}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _table(lines: list[Line], year: int) -> Table:
    return Table(
        name=f"rapport-dsa-{year}",
        heading=(_("Article"), _("What is counted"), str(year)),
        rows=tuple((one.article, str(one.label), one.value) for one in lines),
    )
