"""Categories: the words visitors search by, as this country says them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.menu import ADMINISTRATORS
from chalandise.directory.actions.categories import edit_category
from chalandise.directory.models import Category
from chalandise.kernel.errors import NotFoundError

MOST_SYNONYMS = 40


class CategoryForm(forms.Form):
    """The words of a category."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    plural = forms.CharField(label=gettext_lazy("Plural"), max_length=80, required=False)
    synonyms = forms.CharField(
        label=gettext_lazy("Other words people search by"),
        help_text=gettext_lazy("One a line, or parted by commas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_synonyms(self) -> list[str]:
        """Part the words, each once."""
        text = self.cleaned_data["synonyms"].replace("\n", ",")
        words = dict.fromkeys(one for part in text.split(",") if (one := " ".join(part.split())))
        if len(words) > MOST_SYNONYMS or any(len(word) > 60 for word in words):
            raise forms.ValidationError(_("Forty words at most, each of sixty letters at most."))
        return list(words)


@desk_page(ADMINISTRATORS)
def categories(request: DeskRequest) -> HttpResponse:
    """List the tree; the whole platform shares it, so only a portal without parent edits it."""
    _require_root(request)
    rows = list(
        Category.objects.annotate(count=Count("establishments")).order_by("position", "name")
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
    present = {
        "name": found.name,
        "plural": found.plural,
        "synonyms": "\n".join(found.synonyms),
    }
    form = CategoryForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        edit_category(found, **form.cleaned_data, by=request.desk.actor, at=timezone.now())
        messages.success(request, _("Written down. Search learns the new words within a minute."))
        return redirect("console:categories")
    context = {
        "title": found.name,
        "back_url": reverse("console:categories"),
        "back_label": _("Categories"),
        "form": form,
        "button": _("Save"),
    }
    return render(request, "console/form.html", context, status=422 if form.is_bound else 200)


def _require_root(request: DeskRequest) -> None:
    if request.desk.portal.parent_id is not None:
        raise NotFoundError
