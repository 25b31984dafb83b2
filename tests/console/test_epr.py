"""The register of producers' identifiers: who said what, what lacks, and the file to hand over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product, ProductCategory, SellerProfile

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]
BOOKS, PACKAGING = "FR123456_03ABCD", "FR123456_01ABCD"


def thing(cast: Cast, name: str, **ids: str) -> Product:
    """A book of a category that asks for the identifier of printed paper."""
    made = catalogue.product(cast.bookshop, name, category="livres")
    ProductCategory.objects.filter(pk=made.category_id).update(requirements=["idu:paper"])
    Product.objects.filter(pk=made.pk).update(epr_ids=ids)
    return made


def test_the_register_says_who_said_what_and_what_lacks(at_desk: Sit, cast: Cast) -> None:
    thing(cast, "Le Causse à pied", paper=BOOKS)
    thing(cast, "Contes du Quercy", paper="not_concerned")
    thing(cast, "Atlas des lavoirs")
    SellerProfile.objects.filter(organisation=cast.bookshop.organisation_id).update(
        epr_ids={"packaging": PACKAGING}
    )
    page = at_desk(cast.helene).get(reverse("console:epr")).content.decode()
    assert BOOKS in page
    assert "Atlas des lavoirs" in page
    assert "1 ligne sans identifiant" in page
    assert "dont 1 déclaré" in " ".join(page.split())
    file = at_desk(cast.helene).get(reverse("console:epr_file", args=["csv"]))
    rows = file.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    of_all, cells = rows[1].split(";"), rows[2].split(";")
    assert (of_all[3], of_all[5]) == (PACKAGING, "0")
    assert cells[3] == BOOKS
    assert cells[5:] == ["3", "1", "1"]
    assert at_desk(cast.helene).get(reverse("console:epr_file", args=["xlsx"])).content[:2] == b"PK"
    assert at_desk(cast.helene).get(reverse("console:epr_file", args=["exe"])).status_code == 404


def test_another_desk_reads_another_register(at_desk: Sit, cast: Cast) -> None:
    thing(cast, "Le Causse à pied", paper=BOOKS)
    odile = Client(SERVER_NAME=cast.elsewhere.host or "localhost")
    odile.force_login(cast.odile, backend="django.contrib.auth.backends.ModelBackend")
    assert BOOKS not in odile.get(reverse("console:epr")).content.decode()


@pytest.mark.parametrize("things", [2, 9])
def test_the_register_costs_the_same_whatever_its_length(
    at_desk: Sit, cast: Cast, things: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(things):
        thing(cast, f"Livre {number}", paper=BOOKS)
    desk = at_desk(cast.helene)
    desk.get(reverse("console:epr"))
    with django_assert_max_num_queries(17):  # one of them looks, now and then, for what is new
        desk.get(reverse("console:epr"))


def test_the_terms_of_a_seller_print_its_identifiers(client: Client, cast: Cast) -> None:
    thing(cast, "Le Causse à pied", paper=BOOKS)
    page = client.get(reverse("storefront:shop_terms", args=[cast.bookshop.slug]))
    assert BOOKS in page.content.decode()
