"""What is missing of a seller before anything may be sold online; pure Python (law §1, §4)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chalandise.catalogue.states import VatRegime

MANDATE_VERSION = 1
"""The wording of the mandate in force; accepting an older one is accepting something else."""


EARLIEST_BIRTH = date(1900, 1, 1)
LEAST_AGE = 16
"""From this age on a minor may be authorised to trade in their own name (code civil, art. 388-1-2)."""


class Seller(Protocol):
    """What is looked at of a seller profile."""

    legal_name: str
    address: str
    email: str
    phone: str
    siret: str
    vat_number: str
    vat_regime: str
    mediator_name: str
    mediator_address: str
    mediator_url: str
    terms_version: int


def missing_of_seller(seller: Seller | None, *, has_mandate: bool) -> tuple[str, ...]:
    """Return what customers must be told and are not, each as ``seller:<field>``."""
    missing = [] if has_mandate else ["mandate"]
    if seller is None:
        return tuple(f"seller:{what}" for what in ("profile", *missing))
    wanted = ["legal_name", "address", "email", "phone", "siret", "mediator_name", "terms_version"]
    if seller.vat_regime == VatRegime.NORMAL:
        wanted.append("vat_number")
    lacking = [field for field in wanted if not getattr(seller, field)]
    if not (seller.mediator_url or seller.mediator_address):
        lacking.append("mediator_address")
    return tuple(f"seller:{what}" for what in (*lacking, *missing))


def is_plausible_birth(born_on: date, *, today: date) -> bool:
    """Whether somebody born on that day can be a seller."""
    is_before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    age = today.year - born_on.year - is_before_birthday
    return born_on >= EARLIEST_BIRTH and age >= LEAST_AGE
