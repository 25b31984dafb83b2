"""Addresses of the face `console`: ours first, then the shell of Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chalandise.console import (
    categories,
    claims,
    editing,
    establishments,
    home,
    imports,
    mails,
    matches,
    portals,
    reports,
    scopes,
    selections,
    session,
    staff,
)

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("portail/", home.switch, name="switch"),
    path("couleurs/<slug:slug>.css", home.colours, name="colours"),
    path("login/", session.sign_in, name="sign_in"),
    path("account/", session.account, name="account"),
    path("commerces/", establishments.establishments, name="establishments"),
    path("commerces/<int:pk>/", establishments.establishment, name="establishment"),
    path("commerces/<int:pk>/etat/", establishments.move_establishment, name="move_establishment"),
    path(
        "commerces/<int:pk>/modifier/<slug:part>/",
        editing.edit_establishment,
        name="edit_establishment",
    ),
    path("commerces/<int:pk>/telephone/", claims.claim_by_phone, name="claim_by_phone"),
    path("demandes/", claims.claims, name="claims"),
    path("demandes/<int:pk>/", claims.claim, name="claim"),
    path("doublons/", matches.matches, name="matches"),
    path("doublons/<int:pk>/", matches.match, name="match"),
    path("doublons/<int:pk>/decider/", matches.decide_match, name="decide_match"),
    path("signalements/", reports.reports, name="reports"),
    path("signalements/<int:pk>/", reports.report, name="report"),
    path("courriels/", mails.mails, name="mails"),
    path("courriels/<int:pk>/renvoyer/", mails.send_mail_again, name="send_mail_again"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/rapport.csv", imports.import_report, name="import_report"),
    path("selections/", selections.selections, name="selections"),
    path("selections/nouvelle/", selections.new_selection, name="new_selection"),
    path("selections/<int:pk>/", selections.selection, name="selection"),
    path("selections/<int:pk>/ajouter/", selections.pick_for_selection, name="pick_for_selection"),
    path(
        "selections/<int:pk>/<int:item>/",
        selections.change_selection_item,
        name="change_selection_item",
    ),
    path("selections/<int:pk>/retirer/", selections.remove_selection, name="remove_selection"),
    path("portails/", portals.portals, name="portals"),
    path("portails/<int:pk>/", portals.portal, name="portal"),
    path("portails/<int:pk>/modifier/", portals.edit_portal, name="edit_portal"),
    path("portails/<int:pk>/territoire/", scopes.portal_scope, name="portal_scope"),
    path("portails/<int:pk>/ouvrir/", portals.new_portal, name="new_portal"),
    path("portails/<int:pk>/intercommunalites/", portals.open_below, name="open_below"),
    path("portails/<int:pk>/equipe/", staff.appoint_staff, name="appoint_staff"),
    path("portails/<int:pk>/equipe/<int:member>/", staff.dismiss_staff, name="dismiss_staff"),
    path("categories/", categories.categories, name="categories"),
    path("categories/<slug:key>/", categories.category, name="category"),
]
