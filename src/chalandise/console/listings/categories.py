"""Categories: their words, their place, their picture, the register's codes they stand for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.menu import ADMINISTRATORS
from chalandise.directory.actions.categories import CategoryEdit, edit_category
from chalandise.directory.classification import is_naf, normalise_naf
from chalandise.directory.models import Category
from chalandise.kernel.errors import NotFoundError
from chalandise.web.pictures import illustration, known_pictures

MOST_SYNONYMS = 40


class CategoryForm(forms.Form):
    """All that an operator may change of a category; its key is in addresses and stays."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    plural = forms.CharField(label=gettext_lazy("Plural"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    plural_en = forms.CharField(
        label=gettext_lazy("Plural in English"), max_length=80, required=False
    )
    synonyms = forms.CharField(
        label=gettext_lazy("Other words people search by"),
        help_text=gettext_lazy("One a line, or parted by commas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    synonyms_en = forms.CharField(
        label=gettext_lazy("Other words in English"),
        help_text=gettext_lazy("One a line, or parted by commas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Branch"), queryset=Category.objects.none(), empty_label=None
    )
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        min_value=0,
        max_value=100_000,
        help_text=gettext_lazy("Lower numbers come first."),
    )
    naf_codes = forms.CharField(
        label=gettext_lazy("Codes of the register (NAF)"),
        help_text=gettext_lazy(
            "Imports of the register file shops under these. A code given here leaves the category "
            "that had it; shops already imported stay where they are."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    icon = forms.ChoiceField(label=gettext_lazy("Picture"), choices=[], widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, category: Category) -> None:
        present = {
            "name": category.name,
            "plural": category.plural,
            "name_en": category.name_en,
            "plural_en": category.plural_en,
            "synonyms": "\n".join(category.synonyms),
            "synonyms_en": "\n".join(category.synonyms_en),
            "parent": category.parent_id,
            "position": category.position,
            "naf_codes": ", ".join(category.naf_codes),
            "icon": category.icon,
        }
        super().__init__(data, initial=present)
        if category.parent_id is None:
            del self.fields["parent"]
        else:
            branches = Category.objects.filter(parent=None).order_by("position", "key")
            self.fields["parent"].queryset = branches  # type: ignore[attr-defined]
        icons = dict.fromkeys([category.icon, *sorted(known_pictures())])
        self.fields["icon"].choices = [(one, _picture(one)) for one in icons]  # type: ignore[attr-defined]

    def clean_synonyms(self) -> list[str]:
        """Part the words, each once."""
        return self._words("synonyms")

    def clean_synonyms_en(self) -> list[str]:
        """Part the English words, each once."""
        return self._words("synonyms_en")

    def _words(self, field: str) -> list[str]:
        words = _parts(self.cleaned_data[field])
        if len(words) > MOST_SYNONYMS or any(len(word) > 60 for word in words):
            raise forms.ValidationError(_("Forty words at most, each of sixty letters at most."))
        return words

    def clean_naf_codes(self) -> list[str]:
        """Read codes as people write them: 4724z is 47.24Z."""
        codes = [normalise_naf(one) for one in _parts(self.cleaned_data["naf_codes"])]
        wrong = [one for one in codes if not is_naf(one)]
        if wrong:
            raise forms.ValidationError(
                _("This is not a NAF code: %(code)s. One is written like 47.24Z.")
                % {"code": wrong[0]}
            )
        return list(dict.fromkeys(codes))

    def edit(self) -> CategoryEdit:
        """Return the category as the valid form wants it."""
        return CategoryEdit(**{"parent": None, **self.cleaned_data})


def _parts(text: str) -> list[str]:
    """Part a list on its commas and lines, each item once."""
    parts = text.replace("\n", ",").split(",")
    return list(dict.fromkeys(one for part in parts if (one := " ".join(part.split()))))


def _picture(icon: str) -> SafeString:
    """Draw an icon as the label of its choice; its name is what a screen reader says."""
    return format_html(
        '<img src="{}" alt="{}" width="64" height="64" loading="lazy">',
        illustration(icon).square,
        icon.replace("-", " "),
    )


@desk_page(ADMINISTRATORS)
def categories(request: DeskRequest) -> HttpResponse:
    """List the tree; the whole platform shares it, so only a portal without parent edits it."""
    _require_root(request)
    rows = list(
        Category.objects.annotate(count=Count("establishments")).order_by("position", "key")
    )
    branches = [
        (branch, [one for one in rows if one.parent_id == branch.pk])
        for branch in rows
        if branch.parent_id is None
    ]
    context = {
        "title": _("Categories"),
        "subtitle": _("What you edit here is no longer changed by updates of the platform."),
        "branches": branches,
    }
    return render(request, "console/categories/list.html", context)


@desk_page(ADMINISTRATORS)
def category(request: DeskRequest, key: str) -> HttpResponse:
    """Change the words of one category."""
    _require_root(request)
    found = Category.objects.filter(key=key).first()
    if found is None:
        raise NotFoundError
    form = CategoryForm(request.POST or None, category=found)
    if request.method == "POST" and form.is_valid():
        edit_category(found, form.edit(), by=request.desk.actor, at=timezone.now())
        messages.success(request, _("Written down. Search learns the new words within a minute."))
        return redirect("console:categories")
    context = {
        "title": found.name,
        "back_url": reverse("console:categories"),
        "back_label": _("Categories"),
        "form": form,
        "button": _("Save"),
    }
    return form_page(request, "console/form.html", context)


def _require_root(request: DeskRequest) -> None:
    if request.desk.portal.parent_id is not None:
        raise NotFoundError
