"""« Mes papiers »: what a merchant reads, downloads and takes along, and nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.cast import Cast
from tests.clock import moment
from tests.factories import market
from tests.factories.settlements import sale

from chalandise.accounts.models import User
from chalandise.journal.models import Entry
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.models import Invoice, Statement
from chalandise.web import freshness

NOW = moment("2026-11-20 10:00")
NOVEMBER = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}


@pytest.fixture
def seat() -> Callable[[User], Client]:
    def sit(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit


def sold(cast: Cast, count: int = 1) -> Invoice:
    organisation = cast.bakery.organisation
    assert organisation is not None
    for number in range(count):
        told = sale(organisation, at=NOW, reference=f"K7QF-{number}")
        record_sale(told, source=f"payment:{number}", at=NOW)
    return Invoice.objects.latest("pk")


def page(cast: Cast, query: str = "?mois=2026-11") -> str:
    return reverse("counter:papers", args=[cast.bakery.slug]) + query


def is_private(response: object) -> bool:
    return (
        response["Content-Disposition"].startswith("attachment;")
        and response["X-Content-Type-Options"] == "nosniff"
        and {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    )


def test_a_month_shows_its_invoices_and_what_was_sold(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invoice = sold(cast)
    claire = seat(cast.claire)
    text = claire.get(page(cast)).content.decode()
    assert invoice.number in text
    assert "Novembre 2026" in text
    assert "29,27" in text
    assert invoice.number not in claire.get(page(cast, "?mois=2026-10")).content.decode()


@pytest.mark.parametrize("typed", ["2026-13", "x", "-", "99999-1", "2019-12", "2026-", "²-1"])
def test_a_month_that_does_not_exist_is_this_month(
    cast: Cast, seat: Callable[[User], Client], typed: str
) -> None:
    assert seat(cast.claire).get(page(cast), {"mois": typed}).status_code == 200


def test_an_invoice_is_downloaded_as_the_same_pdf_each_time(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invoice = sold(cast)
    address = reverse("counter:invoice_file", args=[cast.bakery.slug, invoice.pk])
    claire = seat(cast.claire)
    first, second = claire.get(address), claire.get(address)
    assert first.content == second.content
    assert is_private(first)
    assert f'filename="{invoice.number}.pdf"' in first["Content-Disposition"]
    assert invoice.number in PdfReader(io.BytesIO(first.content)).pages[0].extract_text()


def test_an_invoice_of_another_merchant_does_not_exist(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    invoice = sold(cast)
    idris = seat(cast.idris)
    for shop in (cast.bookshop, cast.bakery):
        address = reverse("counter:invoice_file", args=[shop.slug, invoice.pk])
        assert idris.get(address).status_code == 404


def test_statements_come_on_paper_and_as_tables(cast: Cast, seat: Callable[[User], Client]) -> None:
    organisation_id = sold(cast).organisation_id
    at = moment("2026-12-01 02:00")
    made = issue_statement(organisation_id, date(2026, 11, 1), date(2026, 11, 30), at=at)
    claire = seat(cast.claire)
    for form, begins in (("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        address = reverse("counter:statement_file", args=[cast.bakery.slug, made.pk, form])
        response = claire.get(address)
        assert response.content.startswith(begins)
        assert is_private(response)
        assert seat(cast.idris).get(address).status_code == 404
    odd = reverse("counter:statement_file", args=[cast.bakery.slug, made.pk, "exe"])
    assert claire.get(odd).status_code == 404
    assert Statement.objects.count() == 1


def test_the_year_comes_on_paper(cast: Cast, seat: Callable[[User], Client]) -> None:
    sold(cast)
    address = reverse("counter:year_file", args=[cast.bakery.slug, 2026])
    response = seat(cast.claire).get(address)
    assert response.content.startswith(b"%PDF")
    assert is_private(response)
    late = reverse("counter:year_file", args=[cast.bakery.slug, 2999])
    assert seat(cast.claire).get(late).status_code == 404


@pytest.mark.parametrize(
    "what", ["commandes", "clients", "produits", "vendeur", "ecritures", "totaux"]
)
def test_every_table_is_one_click_away_and_leaves_a_trace(
    cast: Cast, seat: Callable[[User], Client], what: str
) -> None:
    sold(cast)
    address = reverse("counter:export", args=[cast.bakery.slug])
    claire = seat(cast.claire)
    csv = claire.post(address, {"file": f"{what}.csv", **NOVEMBER})
    assert csv.content.startswith(b"\xef\xbb\xbf")
    assert is_private(csv)
    xlsx = claire.post(address, {"file": f"{what}.xlsx", **NOVEMBER})
    assert load_workbook(io.BytesIO(xlsx.content)).active is not None
    traces = Entry.objects.filter(verb="exported").order_by("pk")
    assert [one.actor_label for one in traces] == [str(cast.claire)] * 2
    assert traces[0].detail["file"].endswith(".csv")


def test_customers_of_others_are_in_nobody_elses_file(
    cast: Cast, seat: Callable[[User], Client]
) -> None:
    bakery = market.shop(cast.bakery)
    market.ordered(cast.lot, (bakery.offers[0], 1))
    asked = {"file": "clients.csv", **NOVEMBER}
    hers = seat(cast.claire).post(reverse("counter:export", args=[cast.bakery.slug]), asked)
    assert "nadia@exemple.test" in hers.content.decode()
    his = seat(cast.idris).post(reverse("counter:export", args=[cast.bookshop.slug]), asked)
    assert "nadia@exemple.test" not in his.content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"file": "commandes.csv", "starts_on": "2026-11-30", "ends_on": "2026-11-01"}, 422),
        ({"file": "commandes.csv", "starts_on": "2020-01-01", "ends_on": "2026-11-01"}, 422),
        ({"file": "commandes.csv", "starts_on": "hier", "ends_on": ""}, 422),
        ({"file": "commandes.exe", **NOVEMBER}, 404),
        ({"file": "autres.csv", **NOVEMBER}, 404),
        ({}, 404),
    ],
)
def test_what_makes_no_sense_hands_out_nothing(
    cast: Cast, seat: Callable[[User], Client], given: dict[str, str], status: int
) -> None:
    address = reverse("counter:export", args=[cast.bakery.slug])
    assert seat(cast.claire).post(address, given).status_code == status
    assert not Entry.objects.filter(verb="exported").exists()


def test_a_longer_month_costs_no_more_statements(
    cast: Cast, seat: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "INTERVAL_SECONDS", 3600.0)  # now and then costs a statement
    claire, counts = seat(cast.claire), []
    for size in (2, 10):
        sold(cast, size)  # those that were told already are not written twice
        claire.get(page(cast))  # what is remembered between requests is fetched
        with CaptureQueriesContext(connection) as ran:
            claire.get(page(cast))
        counts.append(len(ran))
    assert Invoice.objects.count() == 10
    assert counts[0] == counts[1]
