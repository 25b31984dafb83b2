"""The demonstration's own pages: who one may be, the e-mails that were sent, the bank's people.

They are routed only where the demonstration is on, which production refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from chalandise.accounts.models import User
from chalandise.bank.actions.disputing import end_dispute
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.queries import disputed_charges
from chalandise.messaging.models import Message

BACKEND = "django.contrib.auth.backends.ModelBackend"
SHOWN = 100


@dataclass(frozen=True)
class Role:
    """Somebody whom a visitor of the demonstration may be."""

    email: str
    title: object
    text: object
    destination: str


ROLES = (
    Role(
        "cliente@demo.test",
        _("Nadia, customer"),
        _("She had things put aside and follows them."),
        "storefront:account",
    ),
    Role(
        "boulangere@demo.test",
        _("Claire, baker in Cahors"),
        _("She answers from her phone, between two batches."),
        "counter:shops",
    ),
    Role(
        "agente@demo.test",
        _("Hélène, agent of the chamber"),
        _("She opens portals, settles doubts and takes calls."),
        "console:home",
    ),
    Role(
        "halle@demo.test",
        _("Rosa, at the market hall"),
        _("She receives what the shops bring to the pickup point, and hands it over."),
        "counter:shops",
    ),
)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show who one may be."""
    return render(request, "web/demo/people.html", {"roles": ROLES})


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of these people."""
    role = next((one for one in ROLES if one.email == request.POST.get("email")), None)
    if role is None:
        raise Http404
    user = get_object_or_404(User, email=role.email)
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(reverse(role.destination))


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the e-mails that were sent, newest first."""
    letters = Message.objects.order_by("-pk")[:SHOWN]
    return render(request, "web/demo/mailbox.html", {"letters": letters})


@require_GET
def letter(request: HttpRequest, message_id: int) -> HttpResponse:
    """Show one e-mail with its headers, its text and its page in a frame."""
    message = get_object_or_404(Message, pk=message_id)
    response = render(request, "web/demo/letter.html", {"letter": message})
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined] # as below
    return response


@require_GET
def letter_page(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send the HTML of one e-mail as a mail reader would show it: no script, inline styles.

    Its links leave the frame, in which no page of ours may stand.
    """
    message = get_object_or_404(Message, pk=message_id)
    response = HttpResponse(message.html.replace("<head>", '<head><base target="_top">', 1))
    response._csp_replace = {  # type: ignore[attr-defined] # read by django-csp
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:", "'self'"],
        "frame-ancestors": ["'self'"],
    }
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_GET
def bank_desk(request: HttpRequest) -> HttpResponse:
    """Be the bank's people for once: the payments that cardholders dispute, to be decided."""
    return render(request, "web/demo/bank_desk.html", {"charges": disputed_charges()[:SHOWN]})


@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide a dispute for the merchant or for the cardholder; the market hears of it by an event."""
    is_won = request.POST.get("for") == "merchant"
    try:
        end_dispute(reference, is_won=is_won, at=timezone.now())
    except BankRefusalError:
        messages.warning(request, gettext("There is nothing left to decide here."))
    else:
        messages.success(request, gettext("Decided. The market hears of it within a minute."))
    return HttpResponseRedirect(reverse("demo:bank_desk"))
