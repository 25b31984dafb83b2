"""One flow for those who have an account and those who do not yet.

Whoever types an address receives the same code by the same e-mail, and the account is made when
the code comes back. So there is nothing to tell apart from outside: neither words, nor status, nor
time (fault 52).
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from typing_extensions import override

from chalandise.accounts.actions import meet_person
from chalandise.accounts.models import User


class CodeProcess(LoginCodeVerificationProcess):
    """allauth's sign-in by code, made the same for everybody."""

    @classmethod
    def begin(cls, request: HttpRequest, email: str) -> CodeProcess:
        """Send a code to ``email`` and wait for it."""
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        login = Login(user=user, email=email)
        login.state["stages"] = {"current": "login_by_code"}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user, email=email))
        stage.state["initiated_by_user"] = True
        process = cls(stage=stage)
        process.send()
        process.persist()
        return process

    @classmethod
    def continued(cls, stage: Any) -> CodeProcess | None:
        """Take up again a process that waits, unless it waited too long."""
        process: CodeProcess | None = cls(stage=stage).abort_if_invalid()
        return process

    @property
    def email(self) -> str:
        """The address that the code was sent to."""
        return str(self.state.get("email", ""))

    @override
    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        code = self.generate_code()
        get_adapter().send_mail("account/email/login_code", email, {"code": code})

    @override
    def resend(self) -> None:
        self.send()
        self.record_resend()
        self.persist()

    @override
    def finish(self, redirect_url: str | None) -> HttpResponse:
        if self.user is None:
            self._user = meet_person(self.email, at=timezone.now())
            self.stage.login.user = self._user
        EmailAddress.objects.update_or_create(  # the code came back: the address is proved
            user=self.user, defaults={"email": self.email, "verified": True, "primary": True}
        )
        response: HttpResponse = super().finish(redirect_url)
        return response
