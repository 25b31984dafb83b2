"""The sanitary approval: asked of who has meat, fish or dairy handed over by others, and of nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, logistics

from chalandise.catalogue.hygiene import read_approval
from chalandise.catalogue.models import SellerProfile
from chalandise.web import freshness, page_cache

WORDS = "Viande, poisson, lait"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("FR 46.042.003 CE", "FR 46.042.003 CE"),
        ("fr46042003ce", "FR 46.042.003 CE"),
        ("2A.004.012", "FR 2A.004.012 CE"),
        ("FR 974 110 001 UE", "FR 974.110.001 CE"),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert read_approval(typed) == kept


@pytest.mark.parametrize("typed", ["46.042", "DE 46.042.003", "FR 46.042.0034 CE", "approuvé"])
def test_anything_else_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        read_approval(typed)


@pytest.fixture
def claire(cast: Cast, freeze: Any) -> Client:
    freeze("2026-11-18 10:30")
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_only_who_has_animal_products_handed_over_by_others_is_asked(
    cast: Cast, claire: Client
) -> None:
    page = reverse("counter:selling", args=[cast.bakery.slug])
    catalogue.product(cast.bakery, "Tourte")
    logistics.joins(logistics.pooled_point(cast.lot), cast.bakery)
    assert WORDS not in claire.get(page).content.decode()
    catalogue.product(cast.bakery, "Terrine", category="charcuterie")
    assert WORDS in claire.get(page).content.decode()


@pytest.mark.django_db
def test_the_number_is_kept_in_its_shape_and_customers_read_it(cast: Cast, claire: Client) -> None:
    page = reverse("counter:selling", args=[cast.bakery.slug])
    catalogue.product(cast.bakery, "Terrine", category="charcuterie")
    logistics.parcel(cast.bakery)
    kept = SellerProfile.objects.get()
    data = {
        name: getattr(kept, name)
        for name in ("legal_name", "address", "email", "phone", "siret", "vat_number")
    }
    data |= {"vat_regime": "normal", "mediator_name": "M", "mediator_url": "https://m.test/"}
    data |= {"terms_html": "Nos conditions.", "sanitary_approval": "46 042"}
    refused = claire.post(page, data)
    assert refused.status_code == 422
    assert "comme sur vos étiquettes" in refused.content.decode()
    answer = claire.post(page, {**data, "sanitary_approval": "fr46.042.003ce"})
    assert answer.status_code == 302
    terms = reverse("storefront:shop_terms", args=[cast.bakery.slug])
    assert "FR 46.042.003 CE" in Client().get(terms).content.decode()
    declared = {**data, "sanitary_approval": "", "hygiene_declared_on": "2024-03-01"}
    assert claire.post(page, declared).status_code == 302
    page_cache.shelf.clear()
    freshness.forget()
    told = Client().get(terms).content.decode()
    assert "activité déclarée le 1er mars 2024" in told.replace("\xa0", " ")
    with pytest.raises(IntegrityError), transaction.atomic():
        SellerProfile.objects.update(sanitary_approval="FR 46")
