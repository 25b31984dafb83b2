"""Bringing the shipped classification of products into the database."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.catalogue.actions.locking import lock_categories
from chalandise.catalogue.classification import ProductCategorySpec, product_categories
from chalandise.catalogue.models import ProductCategory
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

_FIELDS = (
    "name",
    "name_en",
    "parent",
    "position",
    "icon",
    "vat_code",
    "requirements",
    "withdrawal_exception",
    "goods_kind",
    "minimum_age",
    "is_alcohol",
    "is_perishable",
    "is_blocked",
    "synonyms",
)


@transaction.atomic
def load_product_categories(*, by: Actor, at: datetime) -> int:
    """Bring the categories to the tree that the package carries; return how many changed."""
    known = {one.key: one for one in lock_categories()}
    wanted = [_category(spec) for spec in product_categories()]
    changed = [one for one in wanted if one.key not in known or _differs(known[one.key], one)]
    ProductCategory.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["key"], update_fields=list(_FIELDS)
    )
    if changed:
        record(
            "catalogue.productcategory", "loaded", by=by, at=at, detail={"changed": len(changed)}
        )
    return len(changed)


def _category(spec: ProductCategorySpec) -> ProductCategory:
    return ProductCategory(
        key=spec.key,
        name=spec.name,
        name_en=spec.name_en,
        parent_id=spec.parent or None,
        position=spec.position,
        icon=spec.icon,
        vat_code=spec.vat_code,
        requirements=list(spec.requirements),
        withdrawal_exception=spec.withdrawal_exception,
        goods_kind=spec.goods_kind,
        minimum_age=spec.minimum_age,
        is_alcohol=spec.is_alcohol,
        is_perishable=spec.is_perishable,
        is_blocked=spec.is_blocked,
        synonyms=list(spec.words),
    )


def _differs(one: ProductCategory, other: ProductCategory) -> bool:
    columns = [field.replace("parent", "parent_id") for field in _FIELDS]
    return any(getattr(one, column) != getattr(other, column) for column in columns)
