"""What a signed-in person finds: their requests, and the shops they look after."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chalandise.directory.queries import list_establishments_of_member
from chalandise.ordering.queries.reservations import list_reservations_of
from chalandise.storefront.home import crumbs_to
from chalandise.web.request import MemberRequest


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own things."""
    member = cast("MemberRequest", request)
    context = {
        "reservations": list_reservations_of(member.user),
        "shops": list(list_establishments_of_member(member.user)),
        "crumbs": crumbs_to(member, (_("My account"), "")),
        "noindex": True,
    }
    return render(request, "storefront/account/account.html", context)
