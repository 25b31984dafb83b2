"""The counter's door: signed in, looking after this shop, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from chalandise.directory.models import Establishment
from chalandise.directory.queries import get_establishment_for_member
from chalandise.kernel.errors import NotFoundError
from chalandise.web.request import MemberRequest

P = ParamSpec("P")
ShopView = Callable[Concatenate[MemberRequest, Establishment, P], HttpResponseBase]


def shop_page(view: ShopView[P]) -> Callable[..., HttpResponseBase]:
    """Give a view the shop its address names, if the person looks after it; else 404."""

    @wraps(view)
    def opened(request: Any, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            shop = get_establishment_for_member(request.user, slug)
        except NotFoundError as error:
            raise Http404 from error
        return view(request, shop, *args, **kwargs)

    return never_cache(login_required(opened))


def found_or_404(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a door opens; absent and forbidden are the same page."""
    try:
        return query(*args, **kwargs)
    except NotFoundError as error:
        raise Http404 from error


def as_member(request: HttpRequest) -> MemberRequest:
    """Narrow the type after `login_required`."""
    return request  # type: ignore[return-value]
