"""Every component in every state, for the people who build and check the pages."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.web.cards import SERVICES, DayRow, ShopCard
from chalandise.web.openness import StatusSentence
from chalandise.web.pictures import illustration, known_pictures


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Your first name"), help_text=_("As the shop will call you."))
    email = forms.EmailField(label=_("E-mail address"))
    wish = forms.CharField(
        label=_("What should be put aside?"), widget=forms.Textarea, required=False
    )
    day = forms.ChoiceField(
        label=_("When do you come?"),
        choices=[("1", _("today")), ("2", _("tomorrow")), ("3", _("another day"))],
    )
    way = forms.ChoiceField(
        label=_("How can we reach you?"),
        choices=[("mail", _("by e-mail")), ("phone", _("by phone"))],
        widget=forms.RadioSelect,
    )
    photo = forms.FileField(label=_("A photograph"), required=False)
    agreed = forms.BooleanField(
        label=_("Remind me by e-mail"), help_text=_("One message, the day before."), required=False
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the page of components to staff.

    Raises:
        PermissionDenied: the reader is not a member of staff.
    """
    if not getattr(request.user, "is_staff", False):
        raise PermissionDenied
    return render(request, "web/styleguide.html", samples())


def samples() -> dict[str, Any]:
    """Return what the page of components shows: invented shops, never real ones."""
    refused = SampleForm({"name": "", "email": "claire@", "day": "2", "way": "mail"})
    refused.is_valid()
    return {
        "section": "shops",
        "noindex": True,
        "shops": _shops(),
        "statuses": _statuses(),
        "days": _days(),
        "today": timezone.localdate(),
        "crumbs": [
            ("Commerces", "#"),
            ("Grand-Figeac", "#"),
            ("Rocamadour", "#"),
            ("Fromageries", ""),
        ],
        "page": Paginator(range(240), 24).page(3),
        "blank_form": SampleForm(auto_id="blank_%s"),
        "refused_form": refused,
        "services": tuple(SERVICES),
        "pictures": [(name, illustration(name)) for name in sorted(known_pictures())],
        "sources": [
            SimpleNamespace(
                what="Adresse", source="registre Sirene", dated_on=dt.date(2026, 11, 1)
            ),
            SimpleNamespace(what="Horaires", source="la commerçante", verified_at=timezone.now()),
            SimpleNamespace(
                what="Téléphone", source="© les contributeurs d’OpenStreetMap", licence="ODbL"
            ),
        ],
    }


def _statuses() -> list[StatusSentence]:
    return [
        StatusSentence("open", "Ouvert jusqu’à 18\u202fh\u202f30"),
        StatusSentence("closing", "Ferme à midi"),
        StatusSentence("closed", "Fermé", "ouvre demain à 8\u202fh\u202f30"),
        StatusSentence("unknown", "Horaires à confirmer"),
    ]


def _shops() -> list[ShopCard]:
    opened, closing, closed, unknown = _statuses()
    rows: list[tuple[str, str, str, str, StatusSentence, float | None, tuple[str, ...]]] = [
        ("Au Pain de Chanvre", "Boulangerie", "Cahors", "baguette-bread", opened, 450,
         ("pickup", "reservation")),
        ("La Chèvre qui Rit", "Fromagerie", "Rocamadour", "cheese-wedge", closing, 1240,
         ("pickup", "delivery")),
        ("Atelier Terre d’Olt, céramiques et grès du Haut-Quercy", "Céramique",
         "Saint-Cirq-Lapopie", "amphora", closed, 3400, ("pickup",)),
        ("Les Ruches du Causse", "Miel et épicerie", "Gramat", "honey-pot", opened, 6000,
         ("reservation", "online_order", "pickup", "delivery", "wheelchair")),
        ("Librairie des Quatre Vents", "Librairie", "Figeac", "books", unknown, None, ()),
    ]  # fmt: skip
    return [
        ShopCard(name, "#", category, place, illustration(picture), said, far, services, str(at))
        for at, (name, category, place, picture, said, far, services) in enumerate(rows)
    ]


def _days() -> list[DayRow]:
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    morning, afternoon = ("09:00", "12:30"), ("14:00", "18:30")
    slots: list[tuple[tuple[str, str], ...]] = [
        (), (morning, afternoon), (morning, afternoon), (morning, afternoon), (("09:00", "19:00"),),
        (("08:30", "13:00"),), (),
    ]  # fmt: skip
    notes = {5: "sur le marché", 3: "exceptionnellement fermé l’après-midi"}
    return [
        DayRow(monday + dt.timedelta(days=at), slot, notes.get(at, ""))
        for at, slot in enumerate(slots)
    ]
