"""Words that praise a product as good for the environment: the merchant is warned, and never stopped."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.green_claims import green_claims, is_of_climate
from chalandise.catalogue.models import Product

WARNED = "ne se vérifient pas"


@pytest.mark.parametrize(
    "text",
    [
        "Savon éco-responsable",
        "Éponge ÉCOLOGIQUE",
        "Lessive écolo",
        "Sac eco-friendly",
        "Peinture respectueuse de l’environnement",
        "Bougie bonne pour la planète",
        "Emballage biodégradable",
        "Un produit vert",
        "Café neutre en carbone",
        "Zéro impact",
    ],
)
def test_what_praises_without_a_proof_is_found(text: str) -> None:
    assert green_claims([text])


@pytest.mark.parametrize(
    "text",
    [
        "Thé vert",
        "Haricots verts de Cahors",
        "Citron vert bio",
        "Économe à légumes",
        "Écharpe verte",
        "80 % de laine recyclée",
        "Lampe solide et durable",
        "",
    ],
)
def test_a_colour_or_a_fact_is_no_claim(text: str) -> None:
    assert green_claims([text]) == ()


def test_a_book_about_ecology_claims_nothing() -> None:
    assert green_claims(["L’habitat écologique"], category_key="livres") == ()
    assert green_claims(["L’habitat écologique"], category_key="decoration") == ("ecologique",)
    assert [is_of_climate(one) for one in green_claims(["Écologique et neutre en carbone"])] == [
        False,
        True,
    ]


@pytest.mark.django_db
def test_the_form_the_table_and_the_file_warn_and_take_it(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    client = Client()
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    slug = cast.bookshop.slug
    made = catalogue.product(cast.bookshop, "Savon", category="autres-produits")
    pages = [
        reverse("counter:product", args=[slug, made.pk]),
        reverse("counter:offer", args=[slug, made.pk, catalogue.offer_of(made).pk]),
        reverse("counter:table", args=[slug]),
    ]
    assert not any(WARNED in client.get(page).content.decode() for page in pages)
    Product.objects.update(name="Savon écologique, neutre en carbone")
    for page in pages:
        shown = client.get(page).content.decode()
        assert shown.count(WARNED) == shown.count("compensations") == 1
    file = SimpleUploadedFile("p.csv", "Nom;Prix\nSavon écologique;4\nBol;9\n".encode())
    tried = client.post(reverse("counter:import_file", args=[slug]), {"file": file}, follow=True)
    assert tried.content.decode().count(WARNED) == 1
    assert not Product.objects.filter(name="Bol").exists()
