"""Addresses under ``/compte/``: signing in, and what protects an account.

allauth asks for its pages by the names below; each has a French address. Pages for passwords and
for signing up do not exist here. Those of second locks and passkeys bring their cryptography when
they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account import views as account
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.generic import RedirectView

from chalandise.kernel.on_demand import called_on_demand
from chalandise.web.sign_in import address_change, leaving, views


def _mfa(view: str) -> Callable[..., HttpResponseBase]:
    return called_on_demand(f"allauth.mfa.{view}")


urlpatterns = [
    path("connexion/", views.sign_in, name="account_login"),
    path("connexion/", views.sign_in, name="account_request_login_code"),
    path("inscription/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("code/", views.confirm_code, name="account_confirm_login_code"),
    path("deconnexion/", leaving.sign_out, name="account_logout"),
    path("suspendu/", account.account_inactive, name="account_inactive"),
    path(
        "adresse/a-confirmer/",
        account.email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("adresse/", address_change.ask, name="account_email"),
    path("adresse/codes/", address_change.confirm, name="account_email_codes"),
    path("securite/", _mfa("base.views.index"), name="mfa_index"),
    path(
        "securite/verification/",
        _mfa("base.views.authenticate"),
        name="mfa_authenticate",
    ),
    path(
        "securite/confirmer/",
        _mfa("base.views.reauthenticate"),
        name="mfa_reauthenticate",
    ),
    path(
        "securite/reprendre/",
        RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True),
        name="account_reauthenticate",
    ),
    path(
        "securite/application/",
        _mfa("totp.views.activate_totp"),
        name="mfa_activate_totp",
    ),
    path(
        "securite/application/retirer/",
        _mfa("totp.views.deactivate_totp"),
        name="mfa_deactivate_totp",
    ),
    path(
        "securite/secours/",
        _mfa("recovery_codes.views.view_recovery_codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "securite/secours/nouveaux/",
        _mfa("recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "securite/secours/telecharger/",
        _mfa("recovery_codes.views.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
    path(
        "securite/cles/",
        _mfa("webauthn.views.list_webauthn"),
        name="mfa_list_webauthn",
    ),
    path(
        "securite/cles/ajouter/",
        called_on_demand("chalandise.web.sign_in.passkeys.add_passkey"),
        name="mfa_add_webauthn",
    ),
    path(
        "securite/cles/connexion/",
        _mfa("webauthn.views.login_webauthn"),
        name="mfa_login_webauthn",
    ),
    path(
        "securite/cles/confirmer/",
        _mfa("webauthn.views.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "securite/cles/<int:pk>/nom/",
        _mfa("webauthn.views.edit_webauthn"),
        name="mfa_edit_webauthn",
    ),
    path(
        "securite/cles/<int:pk>/retirer/",
        _mfa("webauthn.views.remove_webauthn"),
        name="mfa_remove_webauthn",
    ),
]
