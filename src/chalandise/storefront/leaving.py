"""« Fermer mon compte »: what is erased, what is kept and why, and one press."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chalandise.messaging.leaving import take_leave
from chalandise.ordering.errors import AccountHeldError
from chalandise.ordering.queries.leaving import what_holds
from chalandise.storefront.home import crumbs_to
from chalandise.web.request import MemberRequest

FRESH = timedelta(hours=1)


@login_required
def leave(request: HttpRequest) -> HttpResponse:
    """Tell what closing an account means, and close it for somebody who signed in just now."""
    member, at = cast("MemberRequest", request), timezone.now()
    is_sent = request.method == "POST"
    if is_sent and (not member.user.last_login or at - member.user.last_login > FRESH):
        logout(request)
        messages.info(request, _("Sign in once more first, so that nobody closes it but you."))
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': reverse('storefront:leave')})}"
        )
    if is_sent and request.POST.get("sure") == "yes":
        try:
            take_leave(member.user, portal=member.portal, at=at)
        except AccountHeldError:
            pass  # the page says what holds it
        else:
            logout(request)
            messages.success(
                request,
                _("Your account is closed, and what was in it is erased. We have written to you."),
            )
            return redirect("storefront:home")
    crumbs = crumbs_to(
        member, (_("My account"), reverse("storefront:account")), (_("Close my account"), "")
    )
    context = {
        "held": [one.value for one in what_holds(member.user)],
        "is_unsure": is_sent,
        "crumbs": crumbs,
        "noindex": True,
    }
    status = 422 if is_sent else 200
    return render(request, "storefront/account/leave.html", context, status=status)
