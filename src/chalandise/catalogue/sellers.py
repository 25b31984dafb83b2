"""What is missing of a seller before anything may be sold online; pure Python (law §1, §4)."""

from __future__ import annotations

from typing import Protocol

from chalandise.catalogue.states import VatRegime

MANDATE_VERSION = 1
"""The wording of the mandate in force; accepting an older one is accepting something else."""


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
