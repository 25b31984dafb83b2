"""The identifiers of producer responsibility that a seller types once for all it sells."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.queries.epr import epr_register
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.sheets import EPR_STREAMS, NOT_CONCERNED

pytestmark = pytest.mark.django_db
PACKAGING, TOYS = "FR123456_01ABCD", "FR123456_12ABCD"


@pytest.fixture
def claire(cast: Cast, freeze: Any) -> Client:
    freeze("2026-11-18 10:30")
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(client: Client, page: str, **typed: str) -> Any:
    kept = SellerProfile.objects.get()
    names = ("legal_name", "address", "email", "phone", "siret", "vat_number")
    data = {name: getattr(kept, name) for name in names}
    data |= {"vat_regime": "normal", "mediator_name": "M", "mediator_url": "https://m.test/"}
    return client.post(page, data | {"terms_html": "Nos conditions."} | typed)


def test_what_is_typed_satisfies_the_gate_and_stands_in_the_register(
    cast: Cast, claire: Client
) -> None:
    page = reverse("counter:selling", args=[cast.bakery.slug])
    catalogue.product(cast.bakery, "Tourte")
    top = catalogue.product(cast.bakery, "Toupie", category="jeux-jouets")
    assert "idu:toys" in missing_to_publish(top)
    shown = claire.get(page).content.decode()
    assert all(f'name="epr_{stream}"' in shown for stream in EPR_STREAMS)
    wrong = said(claire, page, epr_packaging="123456")
    assert wrong.status_code == 422
    assert "FR123456_01ABCD." in wrong.content.decode()
    right = said(claire, page, epr_packaging="fr123456 _01abcd", epr_toys=TOYS)
    assert right.status_code == 302
    assert SellerProfile.objects.get().epr_ids == {"packaging": PACKAGING, "toys": TOYS}
    assert "idu:toys" not in missing_to_publish(top)
    register = {one.stream: one for one in epr_register(cast.lot)}
    assert list(register["packaging"].identifiers) == [PACKAGING]
    assert list(register["toys"].identifiers) == [TOYS]
    terms = reverse("storefront:shop_terms", args=[cast.bakery.slug])
    assert PACKAGING in Client().get(terms).content.decode()


def test_a_stream_that_was_said_not_to_concern_a_seller_is_not_forgotten(
    cast: Cast, claire: Client
) -> None:
    page = reverse("counter:selling", args=[cast.bakery.slug])
    catalogue.product(cast.bakery, "Tourte")
    SellerProfile.objects.update(epr_ids={"packaging": NOT_CONCERNED, "toys": TOYS})
    assert NOT_CONCERNED not in claire.get(page).content.decode()
    assert said(claire, page).status_code == 302
    assert SellerProfile.objects.get().epr_ids == {"packaging": NOT_CONCERNED}
    assert said(claire, page, epr_packaging=PACKAGING).status_code == 302
    assert SellerProfile.objects.get().epr_ids == {"packaging": PACKAGING}
