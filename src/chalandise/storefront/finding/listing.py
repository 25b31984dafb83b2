"""A page of shops with what narrows it: the same for the directory, a category, a search, the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chalandise.directory.models import Category
from chalandise.directory.states import Label
from chalandise.discovery.errors import BadCursorError, TooDeepError
from chalandise.discovery.names import category_names, territory_names
from chalandise.discovery.results import FacetValue, Results
from chalandise.discovery.search import count_facets, find_establishments
from chalandise.portals.models import Portal
from chalandise.storefront.finding.asking import Asked
from chalandise.storefront.finding.moments import Moment, MomentForm, moment_form
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.web.cards import SERVICES, ShopCard
from chalandise.web.openness import StatusSentence

FACET_LENGTH = 14
_BEGINS_ANEW = ("cursor", "bbox")
FILTER_SERVICES = ("reservation", "pickup", "delivery", "phone_order", "wheelchair")
"""Services proposed as filters, in this order; others are reached by their own links."""


@dataclass(frozen=True)
class Choice:
    """One filter: a link that puts it on, or takes it off."""

    label: str
    url: str
    is_on: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Listing:
    """What the page shows.

    Attributes:
        shops: the cards, in order.
        results: what the index answered.
        pills: the quick filters: open now, open then, and the services.
        labels: the labels that narrow, most frequent first.
        moment: the form that asks who is open at a moment.
        categories: the categories that narrow, most frequent first.
        communes: the communes that narrow, most frequent first.
        chosen: the filters that are on, each a link that takes it off.
        next_url: the next page, blank at the end.
        first_url: the first page, blank when it is this one.
        is_too_deep: the list was followed further than it goes.
    """

    shops: list[ShopCard]
    results: Results
    pills: list[Choice] = field(default_factory=list)
    categories: list[Choice] = field(default_factory=list)
    communes: list[Choice] = field(default_factory=list)
    labels: list[Choice] = field(default_factory=list)
    chosen: list[Choice] = field(default_factory=list)
    next_url: str = ""
    first_url: str = ""
    is_too_deep: bool = False
    moment: MomentForm | None = None

    @property
    def count(self) -> int:
        """How many shops match in all."""
        return self.results.count


def list_shops(asked: Asked, query: QueryDict, portal: Portal, *, at: dt.datetime) -> Listing:
    """Return the page that ``asked`` means; a fixed number of queries."""
    is_too_deep = False
    try:
        results = find_establishments(asked.search)
    except BadCursorError:
        results = find_establishments(asked.search.but(cursor=""))
    except TooDeepError:
        results = Results(ids=(), count=0)
        is_too_deep = True
    facets = count_facets(asked.search, communes=FACET_LENGTH)
    shops = _cards(results, asked.moment, at=at)
    return Listing(
        shops=shops,
        results=results,
        pills=_pills(asked, query, {one.key: one.count for one in facets.services}),
        categories=_categories(asked, query, facets.categories),
        communes=_communes(asked, query, facets.communes),
        labels=_labels(asked, query, facets.labels),
        chosen=_chosen(asked, query),
        next_url=change(query, cursor=results.next_cursor) if results.next_cursor else "",
        first_url=change(query, cursor="") if query.get("cursor") else "",
        is_too_deep=is_too_deep,
        moment=moment_form(query, portal, asked.moment, at=at),
    )


def _cards(results: Results, moment: Moment | None, *, at: dt.datetime) -> list[ShopCard]:
    """Return the cards of a page; where a moment was asked, what is open then, and on which day."""
    if moment is None:
        return find_cards(results.ids, at=at, metres=results.distances_m)
    found = find_cards(results.ids, at=moment.at, metres=results.distances_m)
    return [replace(card, status=_on(moment.day, card.status)) for card in found]


def _on(day: str, status: StatusSentence | None) -> StatusSentence | None:
    if status is None:
        return None
    return replace(status, detail=", ".join(one for one in (day, status.detail) if one))


def change(query: QueryDict, **changes: str | Iterable[str]) -> str:
    """Return the query with some parameters replaced; whatever changes, the list begins anew."""
    new = {name: values for name, values in query.lists() if name not in _BEGINS_ANEW}
    for name, value in changes.items():
        if not value:
            new.pop(name, None)
        else:
            new[name] = [value] if isinstance(value, str) else list(value)
    said = [(name, one) for name, values in new.items() if values and values[-1] for one in values]
    return "?" + "&".join([_pair(name, one) for name, one in said])


@lru_cache(maxsize=256)
def _pair(name: str, value: str) -> str:
    """Write one parameter: dozens of links of a page have nearly all in common."""
    return urlencode({name: value})


def follow_retired(
    request: HttpRequest, category: Category | None, query: QueryDict, *, name: str = "category"
) -> HttpResponse | None:
    """Lead from a retired category to the same question about what took its place.

    Without anything in its place, and for any other category, there is nothing to follow.
    """
    if category is None or category.successor_id is None:
        return None
    return HttpResponseRedirect(request.path + change(query, **{name: category.successor_id}))


def _pills(asked: Asked, query: QueryDict, counts: dict[str, int]) -> list[Choice]:
    pills = [
        Choice(
            _("Open now"),
            change(query, open="" if asked.is_open_now else "now"),
            is_on=asked.is_open_now,
            icon="clock",
        ),
        choose_moment(asked.moment, query),
    ]
    chosen = asked.search.services
    for key in (*FILTER_SERVICES, *(one for one in chosen if one not in FILTER_SERVICES)):
        is_on = key in chosen
        others = [one for one in chosen if one != key]
        pills.append(
            Choice(
                str(SERVICES[key].label),
                change(query, service=others if is_on else [*chosen, key]),
                is_on=is_on,
                count=counts.get(key),
                icon=SERVICES[key].icon,
            )
        )
    return pills


def choose_moment(moment: Moment | None, query: QueryDict) -> Choice:
    """Lead to the form that asks for a moment, or take the moment off."""
    if moment is None:
        return Choice(_("Open at…"), "#moment-day", icon="calendar-clock")
    label = _("Open %(when)s") % {"when": moment.words}
    return Choice(label, change(query, open=""), is_on=True, icon="calendar-clock")


def _labels(asked: Asked, query: QueryDict, values: tuple[FacetValue, ...]) -> list[Choice]:
    names, chosen = dict(Label.choices), asked.search.labels
    return [
        Choice(
            capfirst(str(names[one.key])),
            _label_url(query, one.key, chosen),
            is_on=one.key in chosen,
            count=one.count,
        )
        for one in values
        if one.key in names
    ]


def _label_url(query: QueryDict, key: str, chosen: tuple[str, ...]) -> str:
    others = [one for one in chosen if one != key]
    return change(query, label=others if key in chosen else [*chosen, key])


def _categories(asked: Asked, query: QueryDict, values: tuple[FacetValue, ...]) -> list[Choice]:
    """Propose the branches, or the leaves of the branch that is chosen."""
    chosen = asked.category
    branch = (chosen.parent_id or chosen.pk) if chosen else None
    known = {
        key: one
        for key, one in category_names().items()
        if one.parent == (branch or "") and not one.is_retired
    }
    return _choices(
        tuple(one for one in values if one.key in known),
        label=lambda key: known[key].shown_plural,
        url=lambda key: change(query, category=key),
        current=chosen.pk if chosen else "",
    )


def _communes(asked: Asked, query: QueryDict, values: tuple[FacetValue, ...]) -> list[Choice]:
    known = territory_names(value.key for value in values[:FACET_LENGTH])
    return _choices(
        values,
        label=lambda key: known.get(key, ""),
        url=lambda key: change(query, territory=key, place="", near="", around=""),
        current=asked.search.territory,
    )


def _choices(
    values: tuple[FacetValue, ...],
    *,
    label: Callable[[str], str],
    url: Callable[[str], str],
    current: str,
) -> list[Choice]:
    return [
        Choice(label(one.key), url(one.key), is_on=one.key == current, count=one.count)
        for one in values[:FACET_LENGTH]
        if label(one.key)
    ]


def _chosen(asked: Asked, query: QueryDict) -> list[Choice]:
    chosen = []
    if asked.category and "category" in query:
        name = asked.category.shown_plural
        chosen.append(Choice(name, change(query, category=""), is_on=True))
    if asked.place:
        label = asked.place.name
        if asked.is_around:
            label = _("Around %(place)s") % {"place": asked.place_around}
        gone = change(query, territory="", place="", near="", around="")
        chosen.append(Choice(label, gone, is_on=True))
    elif asked.search.near:
        gone = change(query, place="", near="")
        chosen.append(Choice(_("Around me"), gone, is_on=True))
    for key in asked.search.labels:
        label = capfirst(str(Label(key).label))
        chosen.append(Choice(label, _label_url(query, key, asked.search.labels), is_on=True))
    return chosen
