"""What the law asks of public pages and no other test looks at."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, logistics, market

from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.portals.models import Portal
from chalandise.web import freshness

pytestmark = pytest.mark.django_db


def page(name: str, *args: object, **query: str) -> str:
    answer = Client(SERVER_NAME="localhost").get(reverse(f"storefront:{name}", args=args), query)
    return str(answer.content.decode())


@pytest.mark.parametrize(("category", "is_warned"), [("pains", False), ("vins", True)])
def test_the_home_page_warns_of_alcohol_where_some_is_sold(
    cast: Cast, category: str, is_warned: bool
) -> None:
    """Public health code, R3353-7: the home page and that of the payment."""
    catalogue.product(cast.bakery, "Cahors", category=category)
    assert ("abus d’alcool" in page("home")) == is_warned


def test_a_product_is_reported_from_its_own_page(cast: Cast) -> None:
    """DSA, article 16: notice and action, on each object."""
    made = catalogue.product(cast.bakery, "Tourte")
    link = f"{reverse('storefront:report', args=[cast.bakery.slug])}?produit={made.slug}"
    assert f'href="{link}"' in page("product", made.slug)
    asked = page("report", cast.bakery.slug, produit=made.slug)
    assert (
        "Le produit « Tourte » :".replace(" »", "\u202f»")
        .replace("« ", "«\u202f")
        .replace(" :", "\u202f:")
        in asked
    )
    assert "Le produit" not in page("report", cast.bakery.slug, produit="nowhere\x00")


def test_the_legal_page_says_what_becomes_of_orders_and_who_sells(cast: Cast) -> None:
    """GDPR, article 13; L111-7 and D111-8 of the consumer code."""
    shown = page("legal")
    assert "Contrats et factures sont gardés dix ans" in shown
    assert "Seuls des professionnels vendent ici" in shown
    assert "deux pour votre panier" in shown


def test_the_button_says_the_words_of_the_law_after_the_recap(cast: Cast, freeze: Any) -> None:
    """L221-14: nothing else may be read on it, and the essentials stand just above."""
    freeze("2026-11-18 10:30")
    checkout = market.checked_out(cast.lot, (market.shop(cast.bakery).offers[0], 2))
    shown = page("checkout_pay", checkout.form_token)
    words = "Commande avec obligation de paiement"
    assert shown.count(words) == 1
    (button,) = re.findall(r"<button[^>]*button--order[^>]*>([^<]*)</button>", shown)
    assert button == words
    recap = [shown.index(one) for one in ("Total à payer", "pour changer d’avis", words)]
    assert recap == sorted(recap)


def test_a_delivery_by_bicycle_is_told_where_it_is_chosen_and_above_the_button(
    cast: Cast, freeze: Any
) -> None:
    """Directive (EU) 2024/825: delivery options that spare the environment, in facts."""
    freeze("2026-11-18 10:30")
    offer = market.shop(cast.bakery).offers[0]
    zone = logistics.zone(cast.bakery, rate={"kind": "flat", "cents": 300}, is_by_bicycle=True)
    assert zone.is_by_bicycle
    checkout = market.checked_out(cast.lot, (offer, 1), kinds={cast.bakery.pk: "delivery"})
    for name in ("checkout_how", "checkout_pay"):
        assert "Livraison par le commerçant, à vélo ou à pied" in page(name, checkout.form_token)


def test_the_public_pages_say_what_the_operator_takes(cast: Cast) -> None:
    """L111-7 and D111-8 of the consumer code: whether those who sell here pay for it."""
    for name in ("legal", "about"):
        assert "gratuit pour les clients comme pour les commerces" in page(name)
    Portal.objects.filter(pk=cast.lot.pk).update(commission_bp=450)
    freshness.forget()
    for name in ("legal", "about"):
        shown = page(name)
        assert (
            "versent à l’opérateur 4,5\u202f%" in shown or "versent à l’opérateur 4,5\xa0%" in shown
        )
        assert "pour les clients comme" not in shown


def test_a_drink_that_names_its_degree_is_alcohol_in_whichever_category(cast: Cast) -> None:
    """More than 1.2 % by volume (public health code, L3321-1): banner, licence and age."""
    made = catalogue.product(cast.bakery, "Confit", category="confitures", alcohol_degree="13.0")
    catalogue.seller(cast.bakery.organisation, may_sell_alcohol=False)
    assert "abus d’alcool" in page("home")
    assert "alcohol_licence" in missing_to_publish(made)
    made.alcohol_degree = Decimal("1.2")
    made.save()
    freshness.forget()
    assert "abus d’alcool" not in page("home")
    assert "alcohol_licence" not in missing_to_publish(made)
