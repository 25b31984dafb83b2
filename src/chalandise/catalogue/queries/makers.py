"""Who makes things, known from what a merchant has written before: typed once, never again."""

from __future__ import annotations

from collections.abc import Mapping

from chalandise.catalogue.models import Product
from chalandise.catalogue.sheets import SAFETY, is_made_by_seller
from chalandise.kernel.text import fold


class Makers:
    """The makers that an organisation has named, with their addresses."""

    def __init__(self, organisation_id: int | None) -> None:
        self._organisation_id = organisation_id
        self._known: dict[str, dict[str, str]] = {}

    def completed(self, safety: Mapping[str, str]) -> dict[str, str]:
        """Return the sheet with the addresses that the same maker has on other products.

        What is typed wins; one statement for each maker that is named without an address.
        """
        name = safety.get("manufacturer_name", "")
        if not name or is_made_by_seller(safety):
            return dict(safety)
        known = self._known.get(fold(name), {})
        if not known and not all(safety.get(key) for key in SAFETY):
            known = self._found(name)
        whole = {**known, **{key: text for key, text in safety.items() if text}}
        self._known[fold(name)] = {
            key: whole[key] for key in SAFETY if key in whole and key != "manufacturer_name"
        }
        return whole

    def _found(self, name: str) -> dict[str, str]:
        others = Product.objects.filter(
            establishment__organisation=self._organisation_id,
            safety__manufacturer_name__iexact=name,
            safety__has_key="manufacturer_address",
        )
        last = others.order_by("-updated_at", "-pk").values_list("safety", flat=True).first() or {}
        return {key: last[key] for key in SAFETY if key in last and key != "manufacturer_name"}
