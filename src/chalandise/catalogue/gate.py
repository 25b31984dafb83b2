"""What the law asks of a product before it may be sold online; pure Python (law §4, §7, §8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalandise.catalogue.fish import missing_of_fish
from chalandise.catalogue.sheets import FOOD_SHEET, SAFETY, is_idu, is_loose, is_made_by_seller


@dataclass(frozen=True)
class Facts:
    """What is known of a product when somebody wants to publish it.

    Attributes:
        requirements: of its category.
        net_quantities: one for each variant.
        seller_epr_ids: identifiers that the seller holds for every product of a stream.
        seller_missing: what `missing_of_seller` answers.
        publisher_prices: one for each variant; of new books only.
    """

    requirements: Sequence[str]
    is_blocked: bool
    is_alcohol: bool
    may_sell_alcohol: bool
    offer_count: int
    photo_count: int
    net_quantities: Sequence[Decimal | None]
    weight_priced: Sequence[bool]
    allergens: Sequence[str] | None
    food_sheet: Mapping[str, str]
    safety: Mapping[str, str]
    epr_ids: Mapping[str, str]
    seller_epr_ids: Mapping[str, str]
    origin: str
    alcohol_degree: Decimal | None
    minimum_age: int
    seller_missing: Sequence[str]
    publisher_prices: Sequence[int | None] = ()
    is_second_hand: bool = False
    part_problems: Sequence[str] = ()


def missing_of(facts: Facts) -> tuple[str, ...]:
    """Return the codes of what lacks, the product's own first, then the seller's.

    A code is a field (``origin``, ``allergens``), a field of a sheet (``food_sheet:ingredients``,
    ``safety:manufacturer_name``), ``idu:<stream>``, ``category_blocked``, ``alcohol_licence``,
    ``photo``, ``offer``, ``basket:<problem>`` or ``seller:<field>``.
    """
    missing: list[str] = []
    if facts.is_blocked:
        missing.append("category_blocked")
    if not facts.offer_count:
        missing.append("offer")
    for requirement in facts.requirements:
        missing.extend(_asked_by(requirement, facts))
    if facts.is_alcohol and not facts.may_sell_alcohol:
        missing.append("alcohol_licence")
    missing.extend(f"basket:{problem}" for problem in facts.part_problems)
    return (*dict.fromkeys(missing), *facts.seller_missing)


def _asked_by(requirement: str, facts: Facts) -> Iterable[str]:
    if requirement.startswith("idu:"):
        stream = requirement.partition(":")[2]
        known = facts.epr_ids.get(stream) or facts.seller_epr_ids.get(stream, "")
        return [] if is_idu(known) else [requirement]
    match requirement:
        case "food_sheet":
            return _food_sheet(facts)
        case "fish":
            return [f"food_sheet:{key}" for key in missing_of_fish(facts.food_sheet)]
        case "manufacturer":
            return _safety(facts)
        case _:
            return [] if _is_said(requirement, facts) else [requirement]


def _is_said(requirement: str, facts: Facts) -> bool:
    match requirement:
        case "net_quantity":
            sizes = zip(facts.net_quantities, facts.weight_priced, strict=True)
            return is_loose(facts.food_sheet) or all(size or heavy for size, heavy in sizes)
        case "allergens":
            return facts.allergens is not None
        case "origin":
            return bool(facts.origin)
        case "publisher":
            return facts.is_second_hand or not _maker_lacks(facts)
        case "publisher_price":
            return facts.is_second_hand or None not in facts.publisher_prices
        case "alcohol_degree":
            return facts.alcohol_degree is not None
        case "minimum_age":
            return bool(facts.minimum_age)
        case _:
            return False


def _food_sheet(facts: Facts) -> list[str]:
    if is_loose(facts.food_sheet):
        return []
    return [f"food_sheet:{key}" for key in FOOD_SHEET if not facts.food_sheet.get(key)]


def _safety(facts: Facts) -> list[str]:
    """GPSR, article 19: who made it, and a picture of it."""
    return [*_maker_lacks(facts), *([] if facts.photo_count else ["photo"])]


def _maker_lacks(facts: Facts) -> list[str]:
    if is_made_by_seller(facts.safety):
        return []
    return [f"safety:{key}" for key in SAFETY if not facts.safety.get(key)]
