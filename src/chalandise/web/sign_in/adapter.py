"""What django-allauth asks of the platform: words, e-mails, the caller's address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.kernel.tokens import new_link_token
from chalandise.messaging.actions import send
from chalandise.web.request import client_address

CODE_MAILS = {
    "account/email/login_code": "sign_in_code",
    "account/email/email_confirmation": "sign_in_code",
    "account/email/email_confirmation_signup": "sign_in_code",
}
SECURITY_NOTICES = {
    "mfa/email/totp_activated": _("A code application was added to your account."),
    "mfa/email/totp_deactivated": _("The code application was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "account/email/email_changed": _("The e-mail address of your account was changed."),
}


class AccountAdapter(DefaultAccountAdapter):
    """The platform's answers to allauth's questions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code we sent. Check the last e-mail received."),
        "too_many_login_attempts": _("Too many tries. Ask for a new code in a few minutes."),
        "rate_limited": _("A little too fast. Try again in a few minutes."),
    }

    @override
    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Write in the portal's name; links come from its configured host, never the request."""
        portal = allauth_context.request.portal
        at = timezone.now()
        if template := CODE_MAILS.get(template_prefix):
            words = {"code": context["code"], "email": email}
        elif notice := SECURITY_NOTICES.get(template_prefix):
            template, words = "security_notice", {"notice": notice, "happened_at": at}
        else:
            return  # allauth's other letters belong to passwords and sign-up forms we do not have
        send(
            template,
            to=email,
            key=f"{template}:{new_link_token()}",
            portal=portal,
            context=words,
            at=at,
        )

    @override
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    @override
    def is_safe_url(self, url: str) -> bool:
        """Go only to our own paths after signing in, on whatever host the visitor stands."""
        is_path = url.startswith("/") and url.isprintable()
        return is_path and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # nobody signs up: the first code that comes back makes the account

    @override
    def format_email_subject(self, subject: str) -> str:
        return subject
