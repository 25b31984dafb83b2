"""Addresses under ``/compte/``: signing in, and what protects an account.

allauth asks for its pages by the names below; each has a French address. Pages for passwords and
for signing up do not exist here.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.views.generic import RedirectView

from chalandise.web.sign_in import address_change, leaving, views
from chalandise.web.sign_in.second_lock import AddPasskey

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
    path("securite/", mfa.index, name="mfa_index"),
    path("securite/verification/", mfa.authenticate, name="mfa_authenticate"),
    path("securite/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "securite/reprendre/",
        RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True),
        name="account_reauthenticate",
    ),
    path("securite/application/", totp.activate_totp, name="mfa_activate_totp"),
    path("securite/application/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("securite/secours/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "securite/secours/nouveaux/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "securite/secours/telecharger/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("securite/cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("securite/cles/connexion/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "securite/cles/confirmer/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("securite/cles/<int:pk>/nom/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("securite/cles/<int:pk>/retirer/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]
