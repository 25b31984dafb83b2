"""A person who leaves: what is theirs is erased, what the law keeps stays without their account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.accounts.actions import erase_person
from chalandise.accounts.models import User
from chalandise.directory.photos import forget_picture
from chalandise.ordering.errors import AccountHeldError
from chalandise.ordering.models import Cart, Checkout, ReservationRequest
from chalandise.ordering.queries.leaving import what_holds
from chalandise.organisations.invitations import lock_organisation


@transaction.atomic
def close_account(user: User, *, at: datetime) -> None:
    """Erase a person's account, their baskets and what they asked to have put aside.

    Orders, their contracts and invoices are kept as long as the law asks (code de commerce L123-22,
    code de la consommation L213-1); they lose their tie to the account, and their private links
    go on opening them.

    Raises:
        AccountHeldError: something is under way, or nobody would be left in charge; nothing is
            erased.
    """
    for organisation_id in sorted(user.memberships.values_list("organisation", flat=True)):
        lock_organisation(organisation_id)  # of two owners who leave at once, one stays
    held = what_holds(user)
    if held:
        raise AccountHeldError([one.value for one in held])
    Checkout.objects.filter(user=user).delete()
    Cart.objects.filter(user=user).delete()
    asked = ReservationRequest.objects.filter(user=user)
    pictures = list(asked.exclude(photo_name="").values_list("photo_name", flat=True))
    asked.delete()
    erase_person(user, at=at)
    for name in pictures:
        transaction.on_commit(lambda name=name: forget_picture(name, is_private=True))  # type: ignore[misc]
