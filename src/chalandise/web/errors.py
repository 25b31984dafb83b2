"""Pages that say what went wrong, what is safe, and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """Render the error page, which needs neither portal nor database."""
    return render(
        request,
        "web/error.html",
        {"status": status, "title": title, "sentence": sentence},
        status=status,
    )


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Answer 400: no portal lives at this address."""
    return page(
        request,
        400,
        _("Nobody lives at this address"),
        _("No portal answers at this address. Check how it is spelt, or ask the operator."),
    )


def no_portal_yet(request: HttpRequest) -> HttpResponse:
    """Answer 503: the platform runs, and no portal has been opened."""
    return page(
        request,
        503,
        _("The first portal is still to open"),
        _("The platform runs, but no portal is open yet. Open one with “chalandise portals open”."),
    )


def page_not_found(request: HttpRequest) -> HttpResponse:
    """Answer 404 where no exception was raised."""
    return not_found(request, None)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return page(
        request,
        400,
        _("This request cannot be read"),
        _("Nothing was changed. Go back to the previous page and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return page(
        request,
        403,
        _("This page is not for this account"),
        _("Nothing was changed. Sign in with another account, or go back to the home page."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that came from elsewhere or waited too long."""
    return page(
        request,
        403,
        _("This form has waited too long"),
        _(
            "Nothing was sent. Go back, reload the page and send it again: what you typed is kept by "
            "your browser."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same for absent and forbidden."""
    return page(
        request,
        404,
        _("This page does not exist"),
        _("The address may be old or mistyped. The search below knows every shop."),
    )


def wrong_door(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405: the address of a form was opened as a page, after signing in or by reloading."""
    response = page(
        request,
        405,
        _("This page opens by a button"),
        _("Nothing was changed. Go back to the page before, and press the button again."),
    )
    response["Allow"] = allowed
    return response


def too_busy(request: HttpRequest) -> HttpResponse:
    """Answer 409 to a press that met too many others: nothing of it was done."""
    return page(
        request,
        409,
        _("Many people at once"),
        _(
            "Many people are ordering just now. What you pressed was not done, and nothing is lost: "
            "go back to the page before, and press once more."
        ),
    )


def too_many(request: HttpRequest, retry_after_seconds: int) -> HttpResponse:
    """Answer 429 and say when to come back."""
    response = page(
        request,
        429,
        _("A little too fast"),
        _("Many requests came from your connection. Nothing is lost: try again in a moment."),
    )
    response["Retry-After"] = str(retry_after_seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return page(
        request,
        500,
        _("Something broke on our side"),
        _("We have been told. What you had already sent is safe; try again in a few minutes."),
    )
