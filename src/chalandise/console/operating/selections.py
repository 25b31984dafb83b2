"""Selections: a title, some shops in an order, and the days on which they are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.paging import page_of
from chalandise.directory.queries.desk import get_establishment_for_desk, search_for_desk
from chalandise.editorial.actions import (
    SelectionText,
    change_selection,
    delete_selection,
    drop,
    make_selection,
    pick,
    raise_item,
)
from chalandise.editorial.errors import OutsidePortalError
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.policies import WRITER_ROLES

MOST_FOUND = 8


class SelectionForm(forms.Form):
    """What an editor writes of a selection."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place among the selections"), min_value=0, max_value=999, initial=0
    )
    is_published = forms.BooleanField(label=gettext_lazy("Shown"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """Refuse a selection that ends before it begins."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day comes before the first."))
        return cleaned


@desk_page(WRITER_ROLES)
def selections(request: DeskRequest) -> HttpResponse:
    """List the selections of the portal and of those below."""
    rows = (
        Selection.objects.filter(portal_id__in=request.desk.portal_ids)
        .select_related("portal")
        .annotate(count=Count("items"))
        .order_by("portal__slug", "position", "slug")
    )
    context = {"title": _("Selections"), "rows": page_of(request, rows)}
    return render(request, "console/selections/list.html", context)


@desk_page(WRITER_ROLES)
def new_selection(request: DeskRequest) -> HttpResponse:
    """Begin a selection of the portal one works for."""
    form = SelectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = make_selection(
            request.desk.portal,
            SelectionText(**form.cleaned_data),
            by=request.desk.actor,
            at=timezone.now(),
        )
        messages.success(request, _("Now pick the shops."))
        return redirect("console:selection", pk=made.pk)
    context = {
        "title": _("A new selection"),
        "back_url": reverse("console:selections"),
        "back_label": _("Selections"),
        "form": form,
        "button": _("Go on to the shops"),
    }
    return form_page(request, "console/form.html", context)


@desk_page(WRITER_ROLES)
def selection(request: DeskRequest, pk: int) -> HttpResponse:
    """Write a selection, pick its shops and put them in order."""
    found = _get_selection(request, pk)
    present = {name: getattr(found, name) for name in SelectionForm.base_fields}
    form = SelectionForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        text = SelectionText(**form.cleaned_data)
        change_selection(found, text, by=request.desk.actor, at=timezone.now())
        messages.success(request, _("Written down."))
        return redirect("console:selection", pk=found.pk)
    asked = request.GET.get("q", "").strip()
    items = list(found.items.select_related("establishment__commune"))
    taken = [item.establishment_id for item in items]
    shown = search_for_desk(found.portal, asked).published().exclude(pk__in=taken)
    context = {
        "title": found.title,
        "subtitle": found.portal.name,
        "back_url": reverse("console:selections"),
        "back_label": _("Selections"),
        "selection": found,
        "items": items,
        "form": form,
        "asked": asked,
        "found": shown[:MOST_FOUND] if asked else [],
    }
    return form_page(request, "console/selections/selection.html", context)


@desk_page(WRITER_ROLES)
@require_POST
def pick_for_selection(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a shop into a selection."""
    found = _get_selection(request, pk)
    wanted = request.POST.get("establishment", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return HttpResponse(status=400)
    shop = get_establishment_for_desk(found.portal, int(wanted))
    try:
        pick(found, shop, by=request.desk.actor, at=timezone.now())
    except OutsidePortalError as error:
        raise NotFoundError from error
    return redirect("console:selection", pk=found.pk)


@desk_page(WRITER_ROLES)
@require_POST
def change_selection_item(request: DeskRequest, pk: int, item: int) -> HttpResponse:
    """Move a shop up, or take it out."""
    found = _get_selection(request, pk)
    place = SelectionItem.objects.filter(selection=found, pk=item).first()
    if place is None:
        raise NotFoundError
    by, at = request.desk.actor, timezone.now()
    if request.POST.get("do") == "raise":
        raise_item(place, by=by, at=at)
    elif request.POST.get("do") == "drop":
        drop(place, by=by, at=at)
    else:
        return HttpResponse(status=400)
    return redirect("console:selection", pk=found.pk)


@desk_page(WRITER_ROLES)
@require_POST
def remove_selection(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a selection away."""
    found = _get_selection(request, pk)
    delete_selection(found, by=request.desk.actor, at=timezone.now())
    messages.success(request, _("“%(title)s” is gone. The shops stay.") % {"title": found.title})
    return redirect("console:selections")


def _get_selection(request: DeskRequest, pk: int) -> Selection:
    found = (
        Selection.objects.filter(portal_id__in=request.desk.portal_ids, pk=pk)
        .select_related("portal")
        .first()
    )
    if found is None:
        raise NotFoundError
    return found
