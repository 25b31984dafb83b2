"""A line that somebody types and others read: a name, a street, a firm."""

from __future__ import annotations

from django import forms
from typing_extensions import override

from chalandise.directory.cleaning import visible_line


class LineField(forms.CharField):
    """Keeps what can be seen of a line: no sign that hides, or turns round what stands beside it.

    The name of a customer stands in their merchant's board, in e-mails, tables and papers.
    """

    @override
    def to_python(self, value: object) -> str:
        return visible_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """Keeps the same of each line of several: an address for an invoice."""

    @override
    def to_python(self, value: object) -> str:
        lines = (super().to_python(value) or "").splitlines()
        return "\n".join(visible_line(one) for one in lines)
