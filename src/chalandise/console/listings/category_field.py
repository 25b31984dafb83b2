"""Choosing a category: those that shops are filed under, as a reader looks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from typing_extensions import override

from chalandise.directory.models import Category
from chalandise.kernel.sorting import french_sort_key


class _ByLabel(ModelChoiceIterator):  # type: ignore[type-arg] # not subscriptable when it runs
    """The choices sorted by what they say, which is not always what a column holds."""

    @override
    def __iter__(self) -> Iterator[Any]:
        empty, *choices = super().__iter__()
        yield empty
        yield from sorted(choices, key=lambda choice: french_sort_key(str(choice[1])))


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg] # idem
    """A leaf of the classification: Épicerie stands with E, not after Z."""

    iterator = _ByLabel

    def __init__(self, **details: Any) -> None:
        super().__init__(queryset=Category.objects.choosable(), **details)
