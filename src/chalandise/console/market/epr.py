"""The register of producers' identifiers that a platform keeps of its sellers (C. env. L541-10-9)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.queries.epr import EprRow, epr_register
from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.paging import PAGE_SIZE
from chalandise.portals.policies import DESK_ROLES
from chalandise.settlements.exports.tables import MEDIA_TYPES, Format, Table, count, day
from chalandise.web.epr_words import say_stream

FORMATS: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}


@desk_page(DESK_ROLES)
def epr(request: DeskRequest) -> HttpResponse:
    """Show who has said which identifier, those who have not first where that is asked."""
    register = epr_register(request.desk.portal)
    lacking = [one for one in register if one.is_missing]
    only_missing = request.GET.get("show") == "missing"
    rows = Paginator(lacking if only_missing else register, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "title": _("Producers’ identifiers"),
        "subtitle": _("The register that a platform keeps of its sellers (C. env. L541-10-9)."),
        "rows": rows,
        "shown": [(one, say_stream(one.stream)) for one in rows],
        "sellers": len({one.organisation_id for one in register}),
        "lacking": len(lacking),
        "only_missing": only_missing,
    }
    return render(request, "console/money/epr.html", context)


@desk_page(DESK_ROLES)
def epr_file(request: DeskRequest, form: str) -> HttpResponse:
    """Hand out the whole register as a table."""
    if form not in FORMATS:
        raise Http404
    table = _table(epr_register(request.desk.portal))
    written = FORMATS[form]
    response = HttpResponse(table.written_as(written), content_type=MEDIA_TYPES[written])
    response["Content-Disposition"] = f'attachment; filename="{table.file_name(written)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _table(register: list[EprRow]) -> Table:
    return Table(
        name=f"registre-rep-{timezone.localdate():%Y-%m-%d}",
        heading=(
            _("Seller"),
            "SIREN",
            _("Stream"),
            _("Identifiers"),
            _("Last said on"),
            _("Products"),
            _("Said not to be concerned"),
            _("Without identifier"),
        ),
        rows=tuple(
            (
                one.seller,
                one.siren,
                say_stream(one.stream),
                ", ".join(sorted(one.identifiers)),
                day(one.said_on),
                count(one.products),
                count(one.free),
                count(len(one.missing)),
            )
            for one in register
        ),
    )
