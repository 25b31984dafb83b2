"""Gift baskets: several merchants, one price, no cent lost."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories import organisations as companies

from chalandise.catalogue.actions import (
    agree_to_basket,
    change_price,
    compose_basket,
    decline_basket,
    edit_product,
    publish_product,
    withdraw_product,
)
from chalandise.catalogue.actions.baskets import follow_owner
from chalandise.catalogue.baskets import PricedPart, shares_of
from chalandise.catalogue.errors import BasketError, NotPublishableError
from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.queries import terms_of
from chalandise.catalogue.queries.baskets import draft_basket, mark_of, offers_for_basket
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.models import Establishment
from chalandise.directory.sources import MERCHANT
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import StaleStateError

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY

PARTS = st.lists(
    st.builds(PricedPart, cents=st.integers(1, 20_000), is_own=st.booleans()),
    min_size=1,
    max_size=12,
)


@given(st.integers(1, 200_000), PARTS)
def test_the_shares_add_up_and_others_are_paid_in_full(price: int, parts: list[PricedPart]) -> None:
    shares = shares_of(price, parts)
    others = sum(part.cents for part in parts if not part.is_own)
    own = [part for part in parts if part.is_own]
    if shares is None:
        assert price < others + len(own)
        return
    assert sum(shares) == price
    for part, share in zip(parts, shares, strict=True):
        assert share >= (1 if part.is_own else part.cents)
        if own and not part.is_own:
            assert share == part.cents


@pytest.fixture
def basket(cast: Cast) -> Product:
    bread = catalogue.offer(cast.bakery, "Pain d’épices", price_cents=600)
    cake = catalogue.offer(cast.bakery, "Cake", price_cents=900)
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500, category="livres")
    made = compose_basket(
        cast.bakery,
        name="Panier de Noël",
        price_cents=3300,
        parts={bread.pk: 2, cake.pk: 1, book.pk: 1},
        by=BY,
        at=NOW,
    )
    agree_to_basket(made.invitations.get(), by=BY, at=NOW)
    return made


def test_nobody_is_sold_without_a_yes(cast: Cast, basket: Product) -> None:
    invitation = basket.invitations.get()
    assert invitation.organisation == cast.bookshop.organisation
    decline_basket(invitation, by=BY, at=NOW)
    assert missing_to_publish(basket) == ("basket:not_agreed",)
    with pytest.raises(NotPublishableError):
        publish_product(basket, by=BY, at=NOW)
    agree_to_basket(invitation, by=BY, at=NOW)
    publish_product(basket, by=BY, at=NOW)
    with pytest.raises(StaleStateError):
        agree_to_basket(invitation, by=BY, at=NOW)


def test_a_yes_taken_back_takes_the_basket_off_the_shelf(basket: Product) -> None:
    publish_product(basket, by=BY, at=NOW)
    decline_basket(basket.invitations.get(), by=BY, at=NOW)
    basket.refresh_from_db()
    assert basket.state == "withdrawn"
    assert not terms_of([catalogue.offer_of(basket).pk], at=NOW)[
        catalogue.offer_of(basket).pk
    ].is_orderable


def test_a_basket_of_ones_own_asks_nobody(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=600)
    made = compose_basket(
        cast.bakery, name="Panier", price_cents=550, parts={bread.pk: 1}, by=BY, at=NOW
    )
    assert not made.invitations.exists()
    assert missing_to_publish(made) == ()


def test_the_draft_of_a_basket_says_who_would_get_what(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, "Tourte", price_cents=600)
    book = catalogue.offer(cast.bookshop, "Recettes", price_cents=1500, category="livres")
    parts = {bread.pk: 2, book.pk: 1, 10**12: 3}
    draft = draft_basket(cast.bakery, parts, price_cents=2500)
    assert (draft.alone_cents, draft.least_cents, draft.is_shared) == (2700, 1501, True)
    assert [(one.shop, one.cents) for one in draft.merchants] == [
        (cast.bakery, 1000),
        (cast.bookshop, 1500),
    ]
    assert not draft_basket(cast.bakery, parts, price_cents=1500).is_shared
    assert draft_basket(cast.bakery, {}, price_cents=1500).merchants == []


def test_what_may_go_into_a_basket_is_found_by_product_or_shop(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, "Tourte de seigle")
    book = catalogue.offer(cast.bookshop, "Éloge du seigle", category="livres")
    catalogue.offer(cast.bookshop, "Seigle caché", state="draft")
    catalogue.offer(cast.bakery, "Seigle au poids", new={"estimate_grams": 300})
    found = offers_for_basket(cast.lot, cast.bakery, words="SEIGLE")
    assert [one.pk for one in found] == [bread.pk, book.pk]
    assert bread in offers_for_basket(cast.lot, cast.bakery, words="")
    assert book not in offers_for_basket(cast.lot, cast.bakery, words="")
    name = cast.bookshop.name
    assert book in offers_for_basket(cast.lot, cast.bakery, words=name)


def test_honey_is_found_before_what_else_a_beekeeper_sells(cast: Cast) -> None:
    wax = catalogue.offer(cast.bookshop, "Bougie au miel")
    honey = catalogue.offer(cast.bookshop, "Miel de châtaignier")
    cast.bookshop.name = "Les Ruches à miel"
    cast.bookshop.save()
    pollen = catalogue.offer(cast.bookshop, "Ananas séché")
    found = offers_for_basket(cast.lot, cast.bakery, words="miel")
    assert [one.pk for one in found] == [honey.pk, wax.pk, pollen.pk]


def test_a_basket_is_shared_between_its_merchants(cast: Cast, basket: Product) -> None:
    publish_product(basket, by=BY, at=NOW)
    offer = catalogue.offer_of(basket)
    one = terms_of([offer.pk], at=NOW)[offer.pk]
    assert one.price_cents == 3300 == sum(part.share_cents for part in one.parts)
    assert [(part.quantity, part.share_cents) for part in one.parts] == [
        (2, 1028),
        (1, 772),
        (1, 1500),
    ]
    assert {part.establishment_id for part in one.parts} == {cast.bakery.pk, cast.bookshop.pk}
    assert one.is_orderable
    assert one.is_perishable
    assert one.allergens == ()


def test_a_price_that_moves_is_shared_anew(basket: Product) -> None:
    publish_product(basket, by=BY, at=NOW)
    offer = catalogue.offer_of(basket)
    book = Offer.objects.get(variant__product__name="Recettes du Quercy")
    change_price(book, price_cents=1800, by=BY, at=NOW)
    shares = [part.share_cents for part in terms_of([offer.pk], at=NOW)[offer.pk].parts]
    assert (shares[2], sum(shares)) == (1800, 3300)
    change_price(offer, price_cents=4000, by=BY, at=NOW)
    shares = [part.share_cents for part in terms_of([offer.pk], at=NOW)[offer.pk].parts]
    assert (shares[2], sum(shares)) == (1800, 4000)
    change_price(book, price_cents=4000, by=BY, at=NOW)
    basket.refresh_from_db()
    assert basket.state == "withdrawn"


def test_a_basket_lacks_what_a_part_lacks(basket: Product) -> None:
    publish_product(basket, by=BY, at=NOW)
    offer = catalogue.offer_of(basket)
    book = Product.objects.get(name="Recettes du Quercy")
    withdraw_product(book, by=BY, at=NOW)
    assert not terms_of([offer.pk], at=NOW)[offer.pk].is_orderable


def test_what_cannot_make_a_basket(cast: Cast, basket: Product) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=600)
    cheese = catalogue.offer(cast.bakery, price_cents=2000, new={"estimate_grams": 300})
    draft = catalogue.offer(cast.bakery, state="draft")
    book = catalogue.offer(cast.bookshop, price_cents=1500, category="livres")
    inside = catalogue.offer_of(basket)
    cases: list[tuple[dict[int, int], str]] = [
        ({}, "empty"),
        ({bread.pk: 1, 10**9: 1}, "unknown_offer"),
        ({inside.pk: 1}, "nested"),
        ({cheese.pk: 1}, "weight_priced"),
        ({draft.pk: 1}, "not_on_shelf"),
        ({bread.pk: 1, book.pk: 1}, "price_too_low"),
        ({book.pk + i: 1 for i in range(21)}, "too_many"),
    ]
    for parts, reason in cases:
        with pytest.raises(BasketError) as refused:
            compose_basket(cast.bakery, name="Panier", price_cents=1500, parts=parts, by=BY, at=NOW)
        assert refused.value.reason == reason


def test_a_basket_is_not_sold_below_what_others_ask(basket: Product) -> None:
    offer = catalogue.offer_of(basket)
    with pytest.raises(BasketError) as refused, transaction.atomic():
        change_price(offer, price_cents=1501, by=BY, at=NOW)
    assert refused.value.reason == "price_too_low"
    offer.refresh_from_db()
    assert offer.price_cents == 3300


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_basketpart SET share_cents = share_cents + 1",
        "UPDATE catalogue_offer SET price_cents = price_cents + 1",
        "DELETE FROM catalogue_basketpart WHERE position = 1",
        "UPDATE catalogue_basketpart SET quantity = 0",
        "UPDATE catalogue_basketpart SET offer_id = basket_id WHERE position = 1",
    ],
)
def test_the_database_keeps_the_shares_together(basket: Product, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("number", [1, 6])
def test_baskets_cost_one_statement_more(cast: Cast, number: int) -> None:
    jars = [catalogue.offer(cast.bakery, price_cents=500) for _ in range(number + 1)]
    baskets = [
        catalogue.offer_of(
            compose_basket(
                cast.bakery,
                name=f"Panier {one.pk}",
                price_cents=900,
                parts={one.pk: 1, jars[-1].pk: 1},
                by=BY,
                at=NOW,
            )
        )
        for one in jars[:-1]
    ]
    with CaptureQueriesContext(connection) as captured:
        terms = terms_of([one.pk for one in baskets], at=NOW)
    assert len(captured) == 2
    assert all(len(one.parts) == 2 for one in terms.values())


def is_sold(basket: Product) -> bool:
    pk = catalogue.offer_of(basket).pk
    return terms_of([pk], at=NOW)[pk].is_orderable


@pytest.mark.parametrize(
    "change", [{"name": "Panier coquin"}, {"description": "<p>Des mots que personne n’a lus.</p>"}]
)
def test_a_yes_is_given_to_words_and_other_words_ask_anew(
    basket: Product, change: dict[str, object]
) -> None:
    publish_product(basket, by=BY, at=NOW)
    edit_product(basket, {"minimum_age": 0, "name": basket.name}, by=BY, at=NOW)
    assert is_sold(basket)
    edit_product(Product.objects.get(pk=basket.pk), change, by=BY, at=NOW)
    basket.refresh_from_db()
    assert (basket.state, basket.invitations.get().state) == ("withdrawn", "asked")
    assert not is_sold(basket)
    with pytest.raises(NotPublishableError):
        publish_product(basket, by=BY, at=NOW)
    told = OutboxEvent.objects.filter(kind="catalogue.basket_invitation_moved").order_by("-pk")
    assert told[0].payload["state"] == "asked"


def test_nobody_agrees_to_words_that_changed_while_they_read(basket: Product) -> None:
    invitation = basket.invitations.get()
    decline_basket(invitation, by=BY, at=NOW)
    read = mark_of(basket)
    edit_product(basket, {"name": "Panier coquin"}, by=BY, at=NOW)
    with pytest.raises(BasketError), transaction.atomic():
        agree_to_basket(invitation, by=BY, at=NOW, seen=read)
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    agree_to_basket(invitation, by=BY, at=NOW, seen=mark_of(basket))


def test_a_shop_that_passes_to_another_is_asked_anew_and_nothing_is_sold_before(
    cast: Cast, basket: Product
) -> None:
    publish_product(basket, by=BY, at=NOW)
    buyer = companies.organisation(name="Librairie reprise")
    catalogue.seller(buyer)
    Establishment.objects.filter(pk=cast.bookshop.pk).update(organisation=buyer)
    assert not is_sold(basket)  # at once, whoever wrote it and whatever is told later
    follow_owner(cast.bookshop.pk, by=BY, at=NOW)
    basket.refresh_from_db()
    assert basket.state == "withdrawn"
    asked = basket.invitations.get()  # who sold the shop has nothing to do with it any more
    assert (asked.organisation, asked.state) == (buyer, "asked")
    agree_to_basket(asked, by=BY, at=NOW)
    publish_product(basket, by=BY, at=NOW)
    assert is_sold(basket)
    follow_owner(cast.bakery.pk, by=BY, at=NOW)  # the composer's shop changes hands
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_the_directory_tells_who_owns_a_shop_now(cast: Cast) -> None:
    told = OutboxEvent.objects.filter(kind="directory.owner_changed")
    facts = {"organisation": companies.organisation(name="Librairie reprise")}
    apply_facts(cast.bookshop, facts, source=MERCHANT, by=BY, at=NOW)
    assert [one.payload for one in told] == [{"establishment_id": cast.bookshop.pk}]
    apply_facts(cast.bookshop, {"name": "Autre nom"}, source=MERCHANT, by=BY, at=NOW)
    assert told.count() == 1
