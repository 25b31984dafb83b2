"""« Arrêter de vendre en ligne »: what happens then, and one press; and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.catalogue.actions.stopping import sell_again, stop_selling
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.publishing import profile_of
from chalandise.catalogue.states import ProductState
from chalandise.counter.doors import found_or_404, own_hands_page
from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.leaving import UNDER_WAY
from chalandise.organisations.invitations import require_owner
from chalandise.web.request import MemberRequest


@own_hands_page
def stop(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Tell what stopping means, and stop; or begin again."""
    organisation = shop.organisation
    assert organisation is not None  # noqa: S101 - `own_hands_page` opens by membership
    found_or_404(require_owner, request.user, organisation)
    profile = profile_of(organisation)
    by, at, do = Actor.person(request.user), timezone.now(), request.POST.get("do")
    if request.method == "POST" and do == "stop" and request.POST.get("sure") == "yes":
        stop_selling(organisation, by=by, at=at)
        messages.success(
            request, _("You no longer sell online. What was ordered waits on your board.")
        )
        return redirect("counter:stop_selling", shop.slug)
    if request.method == "POST" and do == "again":
        count = sell_again(organisation, by=by, at=at)
        said = ngettext(
            "You sell online again: %(count)d product is back on the shelf.",
            "You sell online again: %(count)d products are back on the shelf.",
            count,
        )
        messages.success(request, said % {"count": count})
        return redirect("counter:stop_selling", shop.slug)
    of_all = MerchantOrder.objects.filter(organisation=organisation, state__in=UNDER_WAY)
    shown = Product.objects.of(organisation).filter(state=ProductState.PUBLISHED)
    context = {
        "shop": shop,
        "section": "shelf",
        "is_selling": profile is not None and profile.is_selling,
        "is_begun": profile is not None,
        "orders": of_all.count(),
        "products": shown.count(),
        "is_unsure": request.method == "POST",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "counter/stop_selling.html", context, status=status)
