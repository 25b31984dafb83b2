"""A customer closes their account: erased, kept and why; and what must be settled first (fault 87)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import market
from tests.factories.ordering import reservation

from chalandise.accounts.models import User
from chalandise.console.history import who_acted
from chalandise.journal.actions import record
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.ordering.models import Cart, MerchantOrder, Order, ReservationRequest
from chalandise.organisations.models import Membership

pytestmark = pytest.mark.django_db
SURE = {"sure": "yes"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address() -> str:
    return reverse("storefront:leave")


def test_fault_87_an_account_is_closed_once_nothing_is_under_way(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1), user=cast.nadia)
    market.cart(cast.lot, (shop.offers[1], 1), user=cast.nadia)
    asked = reservation(
        cast.bakery, cast.lot, at=market.NOW, wanted_at=market.NOW + timedelta(hours=5)
    )
    ReservationRequest.objects.filter(pk=asked.pk).update(user=cast.nadia)
    client = signed_in(cast.nadia)
    assert "Fermer mon compte" in client.get(reverse("storefront:account")).content.decode()
    refused = client.post(address(), SURE)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "commandes n’est pas terminée" in page
    assert "vous garde quelque chose" in page
    MerchantOrder.objects.update(state="completed")
    ReservationRequest.objects.update(state="collected", ended_at=timezone.now())
    assert "dix ans" in client.get(address()).content.decode()
    unsure = client.post(address(), {})
    assert unsure.status_code == 422
    assert "Cochez" in unsure.content.decode()
    assert User.objects.filter(pk=cast.nadia.pk).exists()
    closed = client.post(address(), SURE, follow=True)
    assert "Votre compte est fermé" in closed.content.decode()
    assert not User.objects.filter(pk=cast.nadia.pk).exists()
    assert not Cart.objects.exists()
    assert not ReservationRequest.objects.exists()
    kept = Order.objects.get()
    assert (kept.user, kept.customer_name, kept.total_cents) == (None, "Nadia Cabas", 450)
    link = reverse("storefront:order", args=[order.token])
    assert Client().get(link).status_code == 200
    assert client.get(reverse("storefront:account")).status_code == 302


def test_who_signed_in_long_ago_does_it_once_more(cast: Cast) -> None:
    client = signed_in(cast.nadia)
    User.objects.filter(pk=cast.nadia.pk).update(last_login=timezone.now() - timedelta(hours=2))
    answer = client.post(address(), SURE)
    assert (answer.status_code, address() in answer["Location"].replace("%2F", "/")) == (302, True)
    assert User.objects.filter(pk=cast.nadia.pk).exists()


def test_nobody_leaves_a_shop_or_a_portal_without_anybody(cast: Cast) -> None:
    owner, agent = signed_in(cast.claire), signed_in(cast.helene)
    assert "un autre responsable" in owner.post(address(), SURE).content.decode()
    assert "un administrateur" in agent.post(address(), SURE).content.decode()
    organisation = cast.bakery.organisation
    assert organisation is not None
    Membership.objects.create(organisation=organisation, user=cast.nadia, role="owner")
    assert owner.post(address(), SURE).status_code == 302
    assert [one.user for one in organisation.memberships.all()] == [cast.nadia]


def test_who_leaves_is_told_what_is_kept_and_the_journal_forgets_the_name(cast: Cast) -> None:
    record(cast.bakery, "looked_at", by=Actor.person(cast.nadia), at=timezone.now())
    name, mail = str(cast.nadia), cast.nadia.email
    reference = str(cast.nadia.pk)
    record(cast.bakery, "helped", by=Actor("agent", "1", "Hélène", name), at=timezone.now())
    signed_in(cast.nadia).post(address(), SURE)
    [letter] = Message.objects.filter(template="account_closed")
    assert letter.to == mail
    assert "dix ans" in letter.text
    assert "votre panier" in letter.html
    assert not Entry.objects.filter(Q(actor_label=name) | Q(behalf_of=name)).exists()
    own = Entry.objects.get(verb="looked_at")
    assert (own.actor_reference, own.actor_label) == (reference, "closed account")
    assert who_acted(own) == "une personne qui a fermé son compte"


def test_the_name_of_a_namesake_stays(cast: Cast) -> None:
    name = str(cast.nadia)
    User.objects.create_user("autre-nadia@exemple.test", name)
    record(cast.bakery, "helped", by=Actor("agent", "1", "Hélène", name), at=timezone.now())
    signed_in(cast.nadia).post(address(), SURE)
    assert Entry.objects.get(verb="helped").behalf_of == name


def test_who_is_held_is_written_nothing(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    market.ordered(cast.lot, (shop.offers[0], 1), user=cast.nadia)
    signed_in(cast.nadia).post(address(), SURE)
    assert not Message.objects.filter(template="account_closed").exists()
