"""Rows of a statement of one's own as instances of a model, at the price of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


def taken(model: type[Row], names: Sequence[str], values: list[Any]) -> Row:
    """Take the columns of one table off the front of a row.

    What ``names`` leaves out is read from the database when it is asked for, as with `only()`.
    Nobody who listens to new instances is called, which is half of what `Model.from_db` costs.

    Args:
        model: whose instance.
        names: the attributes at the front of ``values``, in their order.
        values: one row; loses what was taken.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.db, row._state.adding = "default", False
    row.__dict__.update(zip(names, values, strict=False))  # the rest of the row is for others
    del values[: len(names)]
    return row


def join(row: models.Model, name: str, other: models.Model | None) -> None:
    """Put what was read along with a row at hand, under the name of its relation; None: there is none.

    What assigning would check (the class, the keys) the statement has said already.
    """
    row._state.fields_cache[name] = other
