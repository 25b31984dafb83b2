"""Who is bound by a contract, and what tax delivery bears there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.states import VatCode, VatRegime
from chalandise.catalogue.vat import rate_bp
from chalandise.directory.models import Establishment
from chalandise.ordering.queries.rows import SELLER_FIELDS


def seller_of(shop: Establishment) -> dict[str, Any]:
    """Return who is bound by the contract, as it is shown and kept."""
    profile = _profile(shop)
    if profile is None:
        return {"legal_name": shop.organisation.name if shop.organisation else shop.name}
    return {field: getattr(profile, field) for field in SELLER_FIELDS}


def _profile(shop: Establishment) -> SellerProfile | None:
    return getattr(shop.organisation, "seller_profile", None) if shop.organisation else None


def fee_rate_of(shop: Establishment, at: datetime) -> int:
    """Return the tax on delivery: the standard rate, none under the franchise."""
    profile = _profile(shop)
    if profile is not None and profile.vat_regime == VatRegime.FRANCHISE:
        return 0
    on = at.astimezone(ZoneInfo(shop.timezone)).date()
    return rate_bp(VatCode.STANDARD, territory_departement=shop.commune.departement_code, on=on)
