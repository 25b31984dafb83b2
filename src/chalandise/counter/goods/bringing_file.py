"""A merchant's own file: sent, its columns confirmed, tried row by row, then brought to the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chalandise.catalogue.errors import ImportRefusedError
from chalandise.catalogue.importing.report import ImportReport, RowReport
from chalandise.catalogue.importing.tables import MOST_BYTES, Table, read_table
from chalandise.counter.doors import actor_of, found_or_404, shop_page
from chalandise.counter.goods.green_words import green_sentence
from chalandise.counter.goods.kept_files import forget_file, keep_file, read_kept
from chalandise.counter.goods.soldes_words import soldes_sentence
from chalandise.directory.models import Establishment
from chalandise.stock.actions import import_shelf
from chalandise.web.request import MemberRequest

SHOWN_SAMPLES = 3
SHOWN_REFUSED = 200
SHOWN_GOOD = 20
FIELD_NAMES = {
    "name": gettext_lazy("Name"),
    "price": gettext_lazy("Price, all taxes included"),
    "net_price": gettext_lazy("Price before tax"),
    "publisher_price": gettext_lazy("Publisher’s price (books)"),
    "is_old_stock": gettext_lazy("Older book, long in stock"),
    "stock": gettext_lazy("How many there are"),
    "category": gettext_lazy("Kind of product"),
    "description": gettext_lazy("Description"),
    "short_description": gettext_lazy("Short description"),
    "sku": gettext_lazy("Your own reference"),
    "gtin": gettext_lazy("Bar code"),
    "variant": gettext_lazy("Size or colour"),
    "options_1": gettext_lazy("First option"),
    "options_2": gettext_lazy("Second option"),
    "vat": gettext_lazy("VAT rate"),
    "net_quantity": gettext_lazy("Net quantity"),
    "net_unit": gettext_lazy("Unit"),
    "weight_kg": gettext_lazy("Weight (kg)"),
    "weight_g": gettext_lazy("Weight (g)"),
    "origin": gettext_lazy("Origin"),
    "commercial_name": gettext_lazy("Commercial name (fish)"),
    "scientific_name": gettext_lazy("Latin name (fish)"),
    "production": gettext_lazy("Caught or farmed (fish)"),
    "gear": gettext_lazy("Fishing gear"),
    "allergens": gettext_lazy("Allergens"),
    "manufacturer_name": gettext_lazy("Manufacturer or publisher"),
    "manufacturer_address": gettext_lazy("Their postal address"),
    "manufacturer_email": gettext_lazy("Their e-mail or website"),
    "guarantee_years": gettext_lazy("Guaranteed by the producer for (years)"),
    "guarantee_producer": gettext_lazy("Producer who guarantees it"),
    "repairability": gettext_lazy("Repairability index"),
    "durability": gettext_lazy("Durability index"),
    "spare_parts": gettext_lazy("Spare parts"),
    "updates": gettext_lazy("Software updates"),
    "after_sales": gettext_lazy("After-sales service"),
    "is_shown": gettext_lazy("Whether it is shown"),
    "type": gettext_lazy("Kind of row"),
    "id": gettext_lazy("Number of the product"),
    "parent": gettext_lazy("Product it belongs to"),
}


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("Your file"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), with a row of headings. 20 MB at most."),
        max_length=255,
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.txt,.tsv,.xlsx,text/csv,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading, a few of its cells, what it is taken for."""

    position: int
    heading: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class SaidRow:
    """What would become of a row, in words."""

    number: int
    name: str
    outcome: str
    texts: tuple[str, ...]


@shop_page
def import_file(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Take the file in."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > MOST_BYTES:
            form.add_error("file", say_import_refusal("too_heavy"))
        else:
            content = file.read()
            try:
                read_table(content)
            except ImportRefusedError as refused:
                form.add_error("file", say_import_refusal(refused.reason, refused.detail))
            else:
                token = keep_file(shop, content, at=timezone.now())
                return redirect("counter:import_try", shop.slug, token)
    context = {"shop": shop, "section": "shelf", "form": form}
    return render(request, "counter/import_file.html", context, status=422 if form.errors else 200)


@shop_page
def import_try(request: MemberRequest, shop: Establishment, token: str) -> HttpResponse:
    """Confirm the columns, see what would become of each row, then bring them."""
    content: bytes = found_or_404(read_kept, shop, token)
    is_posted = request.method == "POST"
    chosen = _chosen(request.POST) if is_posted else None
    is_wanted = is_posted and request.POST.get("do") == "import"
    report: ImportReport | None = None
    problem, below = "", 0
    if chosen is None and is_posted:
        problem = _("Two columns say the same thing: keep one of them.")
    else:
        try:
            done = import_shelf(
                shop,
                content,
                by=actor_of(request),
                at=timezone.now(),
                columns=chosen,
                is_dry_run=not is_wanted,
                leaving_out_refused=bool(request.POST.get("leave_out")),
            )
            report, below = done.report, len(done.below_booked)
        except ImportRefusedError as refused:
            problem = say_import_refusal(refused.reason, refused.detail)
    if is_wanted and report is not None and report.is_applied:
        forget_file(shop, token)
        _say_done(request, report, below)
        return redirect("counter:shelf", shop.slug)
    if is_wanted and report is not None:
        problem = _("Some rows cannot be brought: mend the file, or tick to leave them out.")
    known: Mapping[str, int] = report.columns if report is not None else (chosen or {})
    return render(
        request,
        "counter/import_try.html",
        {
            "shop": shop,
            "section": "shelf",
            "columns": _columns(read_table(content), known),
            "fields": list(FIELD_NAMES.items()),
            "report": report,
            "counts": _counts(report),
            "rows": _said(report, soldes_sentence(shop, at=timezone.now())),
            "problem": problem,
            "leave_out": bool(request.POST.get("leave_out")),
        },
        status=422 if problem else 200,
    )


def say_import_refusal(reason: str, detail: str = "") -> str:
    """Say why a file cannot be read as a whole: nothing of it was brought."""
    known = {
        "too_heavy": _("This file is heavier than 20 MB: part it in two."),
        "too_many_rows": _("This file has more than 20,000 rows: part it in two."),
        "too_many_columns": _("This file has too many columns: keep those that matter."),
        "cell_too_long": _("One cell of this file is far too long: shorten it."),
        "not_a_workbook": _("This Excel file cannot be opened: save it again as .xlsx or CSV."),
        "bomb": _("This file swells beyond reason when opened: save it again as CSV."),
        "too_long": _("This file takes too long to read: save it as CSV."),
        "no_header": _("The first row must hold the headings of the columns."),
        "no_name_column": _("Say which column holds the name of the products."),
        "no_price_column": _("Say which column holds the price."),
    }
    if reason == "same_header_twice":
        return _("Two columns are called “%(name)s”: rename one of them.") % {"name": detail}
    return known.get(reason, _("This file cannot be read as a table: save it as CSV or .xlsx."))


def _chosen(data: QueryDict) -> dict[str, int] | None:
    """Return which column was chosen for what; None where two were chosen for the same."""
    chosen: dict[str, int] = {}
    for name in data:
        prefix, _separator, number = name.partition("-")
        field = data.get(name, "")
        if (
            prefix != "column"
            or not number.isdecimal()
            or len(number) > 4
            or field not in FIELD_NAMES
        ):
            continue
        if field in chosen:
            return None
        chosen[field] = int(number)
    return chosen


def _columns(table: Table, chosen: Mapping[str, int]) -> list[Column]:
    fields = {position: field for field, position in chosen.items()}
    return [
        Column(
            position,
            heading,
            tuple(
                cells[position][:60]
                for _number, cells in table.rows[:SHOWN_SAMPLES]
                if position < len(cells) and cells[position]
            ),
            fields.get(position, ""),
        )
        for position, heading in enumerate(table.header)
    ]


def _counts(report: ImportReport | None) -> dict[str, int]:
    if report is None:
        return {}
    return {name: report.count(name) for name in ("created", "updated", "unchanged", "refused")}


def _said(report: ImportReport | None, soldes: str) -> list[SaidRow]:
    """Return the refused rows first, then a few of the others."""
    if report is None:
        return []
    refused = [row for row in report.rows if row.outcome == "refused"][:SHOWN_REFUSED]
    warned = [row for row in report.rows if row.outcome != "refused" and row.warnings]
    good = [row for row in report.rows if row.outcome != "refused" and not row.warnings]
    return [_say_row(row, soldes) for row in (*refused, *warned[:SHOWN_GOOD], *good[:SHOWN_GOOD])]


def _say_row(row: RowReport, soldes: str) -> SaidRow:
    texts = tuple(
        {"soldes": soldes, "green": green_sentence()}[reason]
        if reason in {"soldes", "green"}
        else _("%(field)s: %(reason)s")
        % {"field": FIELD_NAMES.get(field, _("This row")), "reason": _say_reason(reason)}
        for field, reason in (*row.problems, *row.warnings)
    )
    return SaidRow(row.number, row.name, row.outcome, texts)


def _say_reason(reason: str) -> str:
    return {
        "missing": _("it is blank"),
        "not_a_price": _("this is not a price"),
        "not_a_number": _("this is not a number"),
        "unknown_value": _("this is not a word we know"),
        "too_long": _("it is too long"),
        "bad_check_digit": _("one digit is wrong"),
        "same_row_twice": _("this row stands twice"),
        "not_sold_here": _("this kind of product is not sold here"),
        "above_publisher": _("a new book never costs more than its publisher asks"),
        "below_publisher": _("a new book costs at most 5 % less than its publisher asks"),
        "few_years": _("a guarantee of durability is for three years at least"),
        "no_years": _("a guarantee of durability needs its years"),
        "no_producer": _("a guarantee of durability needs its producer"),
        "not_an_index": _("an index is a score out of ten"),
        "another_row": _("another row of this product is wrong"),
    }.get(reason, _("it cannot be read and is left aside"))


def _say_done(request: MemberRequest, report: ImportReport, below: int) -> None:
    made, changed = report.count("created"), report.count("updated")
    text = ngettext(
        "%(count)d row brought to your shelf.", "%(count)d rows brought to your shelf.", made
    ) % {"count": made}
    if changed:
        more = ngettext("%(count)d brought up to date.", "%(count)d brought up to date.", changed)
        text = f"{text} {more % {'count': changed}}"
    messages.success(request, text)
    if made:
        messages.info(request, _("New ones wait under “To finish”: look at them, then show them."))
    if below:
        more = ngettext(
            "%(count)d count was left as it is: more is promised to customers.",
            "%(count)d counts were left as they are: more is promised to customers.",
            below,
        )
        messages.warning(request, more % {"count": below})
