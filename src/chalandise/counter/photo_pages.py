"""Photographs at the counter, of a shop or of a product: taken, described, put first, taken down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.counter.doors import actor_of
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.photos import MOST_BYTES
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError
from chalandise.web.request import MemberRequest

Pictured = TypeVar("Pictured", contravariant=True)
Photograph = TypeVar("Photograph")


class Move(Protocol[Pictured]):
    """An action on one photograph."""

    def __call__(self, photo: Pictured, /, *, by: Actor, at: datetime) -> None:
        """Do it."""


class Describing(Protocol[Pictured]):
    """The action that says what a photograph shows."""

    def __call__(self, photo: Pictured, text: str, /, *, by: Actor, at: datetime) -> None:
        """Do it."""


class PhotoForm(forms.Form):
    """A photograph from a telephone, and what it shows."""

    photo = forms.FileField(
        label=gettext_lazy("The photograph"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alternative_text = forms.CharField(
        label=gettext_lazy("What does it show?"),
        help_text=gettext_lazy(
            "For those who cannot see it: “The blue shop front, rue du Marché”."
        ),
        max_length=200,
    )

    def clean_photo(self) -> object:
        """Stop what is too heavy before it is read into memory."""
        photo = self.cleaned_data["photo"]
        if photo.size > MOST_BYTES:
            raise forms.ValidationError(say_picture_refusal("too_heavy"))
        return photo


def take_photo(
    request: HttpRequest, keep: Callable[[bytes, str], object], *, when_full: str
) -> tuple[PhotoForm, bool]:
    """Take a photograph that was sent; return its form, and whether it is kept.

    Args:
        request: what was asked.
        keep: the action, given the file and what it shows.
        when_full: what to say when there are enough.
    """
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return form, False
    try:
        keep(form.cleaned_data["photo"].read(), form.cleaned_data["alternative_text"])
    except PictureRefusedError as refused:
        form.add_error("photo", say_picture_refusal(refused.reason))
    except NotAllowedError:
        form.add_error("photo", when_full)
    return form, not form.errors


def change_photo(
    request: MemberRequest,
    one: Photograph,
    *,
    describe: Describing[Photograph],
    put_first: Move[Photograph],
    remove: Move[Photograph],
) -> None:
    """Do what was pressed to one photograph, and say thank you; an unknown press does nothing."""
    by, at = actor_of(request), timezone.now()
    match request.POST.get("do"):
        case "remove":
            remove(one, by=by, at=at)
            messages.success(request, _("The photograph is taken down."))
        case "first":
            put_first(one, by=by, at=at)
            messages.success(request, _("This one comes first from now on."))
        case "describe":
            describe(one, request.POST.get("alternative_text", ""), by=by, at=at)
            messages.success(request, _("Thank you, it helps those who cannot see it."))
        case _other:
            pass


def say_picture_refusal(reason: str) -> str:
    """Say why a file cannot be shown as a photograph."""
    return {
        "too_heavy": _("This file is heavier than 12 MB. Choose a smaller one; the rest is kept."),
        "too_large": _("This picture is too large to be read. Take it again with your telephone."),
        "too_small": _("This picture is too small to be pleasant to look at."),
        "too_long": _("This picture took too long to read. Try another one."),
    }.get(reason, _("This file is not a photograph we can read. JPEG, PNG and WebP work."))
