"""Tags and filters of every template: icons, times, distances, form fields, structured data.

The library is a builtin of the template engine: no `{% load %}` is needed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    RadioSelect,
    Select,
)
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chalandise.territories.queries import territory_credit
from chalandise.web import formatting
from chalandise.web.cards import (
    CHIPS,
    SERVICES,
    DayRow,
    PictureView,
    ProductTile,
    ServiceView,
    ShopCard,
)
from chalandise.web.drawing import (
    ChoiceLike,
    draw_card,
    draw_facet,
    draw_icon,
    draw_line,
    draw_picture,
    draw_rich_text,
    draw_status,
    draw_tile,
    draw_ways,
)
from chalandise.web.json_ld import write_json_ld
from chalandise.web.openness import OpenStatusLike, StatusSentence, say_status
from chalandise.web.pictures import HasIcon, illustration, photo_address
from chalandise.web.theme import Palette

register = template.Library()
register.filter("photo_address", photo_address)
register.simple_tag(territory_credit)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw an icon of the sprite; with a label it speaks, without it only decorates."""
    return draw_icon(name, size, str(label))


@register.simple_tag
def shop_card(shop: ShopCard, heading: int = 3) -> SafeString:
    """Draw a card, remembered: `{% shop_card shop heading=2 %}`."""
    return draw_card(shop, heading=heading)


@register.simple_tag
def product_tile(product: ProductTile, heading: int = 3) -> SafeString:
    """Draw the card of a product, remembered: `{% product_tile product heading=2 %}`."""
    return draw_tile(product, heading=heading)


@register.simple_tag
def shop_line(shop: ShopCard, heading: int = 3) -> SafeString:
    """Draw a line, remembered."""
    return draw_line(shop, heading=heading)


@register.simple_tag
def shop_picture(picture: PictureView, *, eager: bool = False, square: bool = False) -> SafeString:
    """Draw a picture, remembered: `{% shop_picture shop.picture square=True %}`."""
    return draw_picture(picture, is_eager=bool(eager), is_square=square)


@register.simple_tag
def status(said: StatusSentence | None) -> SafeString | str:
    """Draw the open status, remembered: `{% status shop.status %}`."""
    return draw_status(said) if said else ""


@register.simple_tag
def ways(services: Iterable[str]) -> SafeString:
    """Draw three ways of being served at most, remembered: `{% ways shop.services %}`."""
    return draw_ways(tuple(services))


@register.simple_tag
def facet(title: str, choices: Sequence[ChoiceLike], *, is_open: bool = False) -> SafeString:
    """Draw values that narrow a list: `{% facet title choices is_open=True %}`."""
    return draw_facet(str(title), choices, is_open=bool(is_open))


@register.simple_tag
def picture_for(category: HasIcon | str | None) -> PictureView:
    """Return the illustration of a category: `{% picture_for shop.category as picture %}`."""
    return illustration(category)


@register.filter
def french_time(value: dt.time | dt.datetime | str | None) -> str:
    """Write an hour: « 18 h 30 », « 19 h »."""
    return formatting.clock(value) if value not in (None, "") else ""


@register.filter
def french_date(value: dt.date | None, form: str = "day") -> str:
    """Write a date: « 20 novembre »; forms ``day``, ``full``, ``weekday``, ``long``."""
    return formatting.calendar_day(value, form) if value else ""


@register.filter
def near_day(value: dt.date | None, today: dt.date) -> str:
    """Write a date as somebody says it: « aujourd’hui », « demain », « mardi 24 novembre »."""
    return formatting.near_day(value, today) if value else ""


@register.filter
def dated_day(value: dt.date | None, today: dt.date) -> str:
    """Write a date twice when it is near: « aujourd’hui, dimanche 22 novembre »."""
    return formatting.near_day(value, today, "dated") if value else ""


@register.filter
def weekday(value: dt.date) -> str:
    """Write the day of the week with a capital: « Lundi »."""
    return formatting.calendar_day(value, "weekday").split(" ", 1)[0].capitalize()


@register.filter
def weekdays(row: DayRow) -> str:
    """Write the days of a row of hours: « Lundi », « Samedi, dimanche », « Mardi – vendredi »."""
    first = weekday(row.day)
    if row.until is None:
        return first
    last = weekday(row.until)
    last = last.lower() if formatting.speaks_french() else last
    return f"{first}, {last}" if (row.until - row.day).days == 1 else f"{first} – {last}"


@register.filter
def covers(row: DayRow, day: dt.date) -> bool:
    """Tell whether a row of hours holds a day."""
    return row.day <= day <= (row.until or row.day)


@register.filter
def unbroken(text: object) -> SafeString:
    """Keep a number that holds a hyphen on one line: « Commande ABCD-1234 »."""
    return format_html('<span class="nowrap">{}</span>', text)


@register.filter
def distance(value: float | None) -> str:
    """Write a distance given in metres: « 450 m », « 1,2 km »."""
    return formatting.metres(value) if value is not None else ""


@register.filter
def phone(value: str | None) -> str:
    """Write an E.164 number as it is dialled: « 05 65 00 00 00 »."""
    return formatting.telephone(value) if value else ""


@register.filter
def euros(cents: int | None) -> str:
    """Write a sum given in cents: « 4,50 € »."""
    return formatting.money(cents) if cents is not None else ""


@register.filter
def rate(basis_points: int) -> str:
    """Write a rate given in basis points: « 5,5 % »."""
    return formatting.percentage(basis_points)


@register.filter
def rich_text(value: str | None) -> SafeString:
    """Show text that people formatted, cleaned once more on its way out."""
    return draw_rich_text(value or "")


@register.simple_tag
def json_ld(data: Mapping[str, Any] | Iterable[Any]) -> SafeString:
    """Write structured data, unable to leave its element whatever a shop is called."""
    return write_json_ld(data)


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, *keep: QueryDict, **changes: Any) -> str:
    """Return the current query with some values replaced: `{% query_string service="pickup" %}`.

    ``None`` or a blank drops a key; a change of anything but the page goes back to the first page.
    """
    request: HttpRequest | None = context.get("request")
    query = (keep[0] if keep else request.GET if request else QueryDict()).copy()
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(one) for one in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def address(path: str = "") -> str:
    """Return the address of a stable public path inside the current portal: `{% address "carte/" %}`."""
    return get_script_prefix() + path.lstrip("/")


@register.simple_tag
def theme_address(portal: Any, identity: Any) -> str:
    """Return the address of the portal's colours; blank outside a portal."""
    if not portal or not identity:
        return ""
    print_of = Palette.of(identity.brand_colour).fingerprint
    return f"/theme/{portal.slug}-{print_of}.css"


@register.simple_tag
def open_status(
    status: OpenStatusLike | None, at: dt.datetime | None = None, zone: str = "Europe/Paris"
) -> StatusSentence:
    """Return tone, label and detail: `{% open_status shop.status zone=shop.timezone as said %}`."""
    return say_status(status, at=at or timezone.now(), zone=zone)


@register.filter
def chips(services: Iterable[str]) -> list[ServiceView]:
    """Return at most three services worth a chip on a card, the most helpful first."""
    offered = set(services)
    return [SERVICES[key] for key in CHIPS if key in offered][:3]


@register.filter
def service_views(services: Iterable[str]) -> list[ServiceView]:
    """Return the icon and words of each known service, in the house's order."""
    offered = set(services)
    return [view for key, view in SERVICES.items() if key in offered]


@register.simple_tag
def map_credit() -> str:
    """Return whom a map owes its outlines and its places to."""
    return _("Territories: %(credit)s · © OpenStreetMap contributors") % {
        "credit": territory_credit().attribution
    }


@register.simple_tag
def map_words() -> str:
    """Return the words of the map's own controls as JSON, for a data attribute."""
    words = {
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "AttributionControl.ToggleAttribution": _("Sources of the map"),
        "Map.Title": _("Map"),
        "Popup.Close": _("Close"),
        "Marker.Title": _("Place"),
        "ScaleControl.Meters": "m",
        "ScaleControl.Kilometers": "km",
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and scroll to zoom the map"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
        "CooperativeGesturesHandler.MobileHelpText": _("Use two fingers to move the map"),
    }
    return json.dumps(words, ensure_ascii=False)


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Render a form field with its label, help and errors: `{% field form.name %}`.

    Options: ``label``, ``help``, ``css`` (added to the input), ``optional`` (say so beside the
    label), and any attribute of the input with underscores for hyphens (``inputmode="numeric"``).
    """
    label = options.pop("label", bound.label)
    help_text = options.pop("help", bound.help_text)
    css = options.pop("css", "")
    optional = options.pop("optional", not bound.field.required)
    kind = _kind_of(bound)
    attributes: dict[str, Any] = {key.replace("_", "-"): value for key, value in options.items()}
    described = [f"{bound.auto_id}_help"] if help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if kind == "input":
        attributes["class"] = f"input {css}".strip()
    values = {
        "field": bound,
        "kind": kind,
        "label": label,
        "help": help_text,
        "optional": optional,
        "described": " ".join(described),
        "widget": bound.as_widget(attrs=attributes) if kind != "choices" else "",
    }
    return mark_safe(render_to_string("web/components/field.html", values))  # noqa: S308 # rendered


def _kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, Select | ClearableFileInput):
        return "input"
    return "hidden" if widget.is_hidden else "input"


@register.simple_tag
def offline_mark(request: HttpRequest) -> SafeString:
    """Mark a page as one that may be kept on its reader's device, for this reader only.

    Nothing is kept for an agent who acts for a merchant.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "stand_in", None):
        return SafeString("")
    owner = salted_hmac("web.offline", str(user.pk)).hexdigest()[:16]
    return format_html(' data-offline="{}"', owner)
