"""Addresses of the face `console`: ours first, then the shell of Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chalandise.console import home, session
from chalandise.console.listings import (
    categories,
    claims,
    editing,
    establishments,
    imports,
    letters,
    matches,
    new_shop,
    reports,
    standing_in,
)
from chalandise.console.market import money, orders, points
from chalandise.console.operating import hosts, mails, portals, scopes, selections, staff

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("portail/", home.switch, name="switch"),
    path("couleurs/<slug:slug>.css", home.colours, name="colours"),
    path("login/", session.sign_in, name="sign_in"),
    path("account/", session.account, name="account"),
    path("commerces/", establishments.establishments, name="establishments"),
    path("commerces/nouveau/", new_shop.new_establishment, name="new_establishment"),
    path("commerces/<int:pk>/", establishments.establishment, name="establishment"),
    path("commerces/<int:pk>/etat/", establishments.move_establishment, name="move_establishment"),
    path(
        "commerces/<int:pk>/modifier/<slug:part>/",
        editing.edit_establishment,
        name="edit_establishment",
    ),
    path("commerces/<int:pk>/telephone/", claims.claim_by_phone, name="claim_by_phone"),
    path("commerces/<int:pk>/agir/", standing_in.stand_in, name="stand_in"),
    path("commerces/<int:pk>/courrier/", letters.letter, name="letter"),
    path("demandes/", claims.claims, name="claims"),
    path("demandes/courriers/", letters.letters, name="letters"),
    path("demandes/<int:pk>/", claims.claim, name="claim"),
    path("doublons/", matches.matches, name="matches"),
    path("doublons/<int:pk>/", matches.match, name="match"),
    path("doublons/<int:pk>/decider/", matches.decide_match, name="decide_match"),
    path("signalements/", reports.reports, name="reports"),
    path("signalements/<int:pk>/", reports.report, name="report"),
    path("argent/", money.money, name="money"),
    path("argent/<int:pk>/", money.discrepancy, name="discrepancy"),
    path("commandes/", orders.orders, name="orders"),
    path("commandes/part-<int:pk>/regler/", orders.arrange, name="arrange"),
    path("commandes/<slug:number>/", orders.order, name="order"),
    path("points/", points.points, name="points"),
    path("points/nouveau/", points.new_point, name="new_point"),
    path("points/<int:pk>/", points.point, name="point"),
    path("points/<int:pk>/fermer/", points.close, name="close_point"),
    path("points/<int:pk>/feuille/", points.transfers, name="transfers"),
    path("courriels/", mails.mails, name="mails"),
    path("courriels/<int:pk>/renvoyer/", mails.send_mail_again, name="send_mail_again"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/accepter/", imports.accept_import_removals, name="accept_removals"),
    path("imports/<int:pk>/abandonner/", imports.drop_import_removals, name="drop_removals"),
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
    path("portails/<int:pk>/adresse/", hosts.portal_host, name="portal_host"),
    path("portails/<int:pk>/territoire/", scopes.portal_scope, name="portal_scope"),
    path("portails/<int:pk>/ouvrir/", portals.new_portal, name="new_portal"),
    path("portails/<int:pk>/intercommunalites/", portals.open_below, name="open_below"),
    path("portails/<int:pk>/equipe/", staff.appoint_staff, name="appoint_staff"),
    path("portails/<int:pk>/equipe/<int:member>/", staff.dismiss_staff, name="dismiss_staff"),
    path("categories/", categories.categories, name="categories"),
    path("categories/<slug:key>/", categories.category, name="category"),
]
