"""What a photograph shows is asked on the shelf, once it stands there, in one line."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.models import ProductPhoto

pytestmark = pytest.mark.django_db
ASKED = "Que montre la photo"


def test_a_photograph_without_words_asks_for_them_on_the_shelf(cast: Cast) -> None:
    loaf = catalogue.product(cast.bakery, "Tourte")
    catalogue.product(cast.bakery, "Ficelle")
    photo = ProductPhoto.objects.create(product=loaf, name="vue", width=900, height=900)
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    shelf = reverse("counter:shelf", args=[cast.bakery.slug])
    assert claire.get(shelf).content.decode().count(ASKED) == 1
    form = reverse("counter:product_photo", args=[cast.bakery.slug, loaf.pk, photo.pk])
    said = {"do": "describe", "back": "shelf", "alternative_text": "Une tourte farinée"}
    answer = claire.post(form, said)
    assert answer["Location"] == shelf
    photo.refresh_from_db()
    assert photo.alt == "Une tourte farinée"
    assert ASKED not in claire.get(shelf).content.decode()
