"""Categories: their words and place, those that an operator adds, those that are no longer proposed."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, P, View, desk_page, form_page
from chalandise.console.listings.category_forms import CategoryForm, RetireForm
from chalandise.console.menu import ADMINISTRATORS
from chalandise.directory.actions.categories import edit_category
from chalandise.directory.actions.classifying import (
    add_category,
    restore_category,
    retire_category,
)
from chalandise.directory.classification import FALLBACK_CATEGORY
from chalandise.directory.errors import (
    AlreadyRetiredError,
    MisplacedCategoryError,
    NeededCategoryError,
    SharedCategoriesError,
)
from chalandise.directory.models import Category
from chalandise.directory.policies import require_may_change_categories
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.policies import administers_every_root
from chalandise.portals.queries import scope_filter


def _tree_page(view: View[P]) -> View[P]:
    """Let a page that changes the tree be opened by who administers every portal that shares it."""

    @wraps(view)
    def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        _require_root(request)
        try:
            require_may_change_categories(request.desk.actor)
            return view(request, *args, **kwargs)
        except SharedCategoriesError:
            if "key" in kwargs:
                _category(str(kwargs["key"]))  # what is absent is absent for all
            messages.error(
                request,
                _(
                    "Several portals share these categories: only somebody who administers all of "
                    "them changes one. Nothing was changed."
                ),
            )
            return redirect("console:categories")

    return desk_page(ADMINISTRATORS)(cast("View[P]", guarded))


@desk_page(ADMINISTRATORS)
def categories(request: DeskRequest) -> HttpResponse:
    """List the tree, which the whole platform shares, and count the portal's own shops."""
    _require_root(request)
    own = Count(
        "establishments",
        filter=scope_filter(request.desk.portal, prefix="establishments__commune"),
    )
    rows = list(Category.objects.annotate(count=own).order_by("position", "key"))
    branches = [
        (branch, [one for one in rows if one.parent_id == branch.pk])
        for branch in rows
        if branch.parent_id is None
    ]
    context = {
        "title": _("Categories"),
        "subtitle": _("What you edit here is no longer changed by updates of the platform."),
        "branches": branches,
        "may_change": administers_every_root(request.desk.user),
    }
    return render(request, "console/categories/list.html", context)


@_tree_page
def new_category(request: DeskRequest) -> HttpResponse:
    """Add a category to a branch."""
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_category(form.edit(), by=request.desk.actor, at=timezone.now())
        except MisplacedCategoryError:
            _say_misplaced(form)
        else:
            messages.success(request, _("The category is there: shops can be filed under it."))
            return redirect("console:categories")
    return form_page(request, "console/form.html", _page(_("Add a category"), form, _("Add it")))


@_tree_page
def category(request: DeskRequest, key: str) -> HttpResponse:
    """Change the words of one category."""
    found = _category(key)
    form = CategoryForm(request.POST or None, category=found)
    if request.method == "POST" and form.is_valid():
        try:
            edit_category(found, form.edit(), by=request.desk.actor, at=timezone.now())
        except MisplacedCategoryError:
            _say_misplaced(form)
        else:
            text = _("Written down. Search learns the new words within a minute.")
            messages.success(request, text)
            return redirect("console:categories")
    context = _page(found.shown_name, form, _("Save"))
    context |= {"category": found, "may_retire": _may_retire(found)}
    return form_page(request, "console/categories/category.html", context)


@_tree_page
def retire(request: DeskRequest, key: str) -> HttpResponse:
    """Propose a category no more, and say what becomes of its shops."""
    found = _category(key)
    if not _may_retire(found):
        raise NotFoundError
    form = RetireForm(request.POST if request.method == "POST" else None, category=found)
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["moving_to"]
        by, at = request.desk.actor, timezone.now()
        try:
            moved = retire_category(found, moving_to=place, by=by, at=at)
        except MisplacedCategoryError:
            text = _(
                "Somebody retired this category meanwhile, so nothing can move there. Nothing was "
                "changed: choose another."
            )
            form.add_error("moving_to", text)
        except AlreadyRetiredError:
            text = _(
                "It is retired already, and nothing was changed: its shops and its address go where "
                "they went. Choose a category to send them elsewhere."
            )
            form.add_error("moving_to", text)
        except NeededCategoryError:
            form.add_error(
                None, _("This category cannot be retired: shops need it. Nothing was changed.")
            )
        else:
            messages.success(request, _said_of(moved))
            return redirect("console:categories")
    count = found.establishments.count()
    introduction = ngettext(
        "%(count)d shop is filed under it.", "%(count)d shops are filed under it.", count
    ) % {"count": count}
    title = _("Propose “%(category)s” no more") % {"category": found.shown_name}
    context = _page(title, form, _("Retire it")) | {"introduction": introduction}
    return form_page(request, "console/form.html", context)


@require_POST
@_tree_page
def restore(request: DeskRequest, key: str) -> HttpResponse:
    """Propose a category again."""
    restore_category(_category(key), by=request.desk.actor, at=timezone.now())
    messages.success(request, _("It is proposed again. Shops that moved stay where they are."))
    return redirect("console:categories")


def _say_misplaced(form: CategoryForm) -> None:
    """Say at the branch that the category cannot stand there any more."""
    text = _("A category cannot stand there any more. Nothing was changed: choose another branch.")
    form.add_error("parent" if "parent" in form.fields else None, text)


def _said_of(moved: int) -> str:
    if not moved:
        return _("It is no longer proposed. Shops filed under it keep it.")
    return ngettext(
        "It is no longer proposed, and %(count)d shop moved.",
        "It is no longer proposed, and %(count)d shops moved.",
        moved,
    ) % {"count": moved}


def _category(key: str) -> Category:
    found = Category.objects.select_related("successor").filter(key=key).first()
    if found is None:
        raise NotFoundError
    return found


def _may_retire(category: Category) -> bool:
    return category.parent_id is not None and category.pk != FALLBACK_CATEGORY


def _page(title: str, form: CategoryForm | RetireForm, button: str) -> dict[str, object]:
    return {
        "title": title,
        "back_url": reverse("console:categories"),
        "back_label": _("Categories"),
        "form": form,
        "button": button,
    }


def _require_root(request: DeskRequest) -> None:
    if request.desk.portal.parent_id is not None:
        raise NotFoundError
