"""Addresses of the face `counter`, all under ``/comptoir/``."""

from django.urls import URLPattern, URLResolver, path

from chalandise.counter import (
    board,
    claiming,
    handing,
    home,
    hours,
    orders,
    papers,
    phoning,
    reservations,
    sheet,
    still_right,
    team,
)

app_name = "counter"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.shops, name="shops"),
    path("reprendre/<slug:slug>/", claiming.claim, name="claim"),
    path("reprendre/<slug:slug>/code/", claiming.claim_code, name="claim_code"),
    path("toujours-exact/<str:token>/", still_right.still_right, name="still_right"),
    path("remise/<str:token>/", handing.open_pass, name="pass"),
    path("invitation/<str:token>/", team.invitation, name="invitation"),
    path("<slug:slug>/", home.home, name="home"),
    path("<slug:slug>/demandes/", reservations.reservations, name="reservations"),
    path("<slug:slug>/demandes/<int:pk>/", reservations.reservation, name="reservation"),
    path("<slug:slug>/demandes/<int:pk>/prete/", reservations.ready, name="ready"),
    path("<slug:slug>/demandes/<int:pk>/remise/", reservations.handed, name="handed"),
    path("<slug:slug>/demandes/<int:pk>/photo/", reservations.picture, name="picture"),
    path("<slug:slug>/commandes/", board.orders, name="board"),
    path("<slug:slug>/commandes/jour/", papers.day, name="day_sheet"),
    path("<slug:slug>/commandes/telephone/", phoning.phone_order, name="phone_order"),
    path("<slug:slug>/commandes/<int:pk>/", orders.order, name="order"),
    path("<slug:slug>/commandes/<int:pk>/faire/", orders.order_do, name="order_do"),
    path("<slug:slug>/commandes/<int:pk>/bon/", papers.picking_slip, name="picking_slip"),
    path("<slug:slug>/commandes/<int:pk>/remise/", handing.order_hand_over, name="order_hand_over"),
    path("<slug:slug>/remettre/", handing.hand_over_page, name="hand_over"),
    path("<slug:slug>/horaires/", hours.hours, name="hours"),
    path("<slug:slug>/fermetures/", hours.closings, name="closings"),
    path("<slug:slug>/fermetures/<int:pk>/rouvrir/", hours.reopen, name="reopen"),
    path("<slug:slug>/equipe/", team.team, name="team"),
    path("<slug:slug>/equipe/changer/", team.change_team, name="change_team"),
    path("<slug:slug>/fiche/", sheet.sheet, name="sheet"),
    path("<slug:slug>/fiche/photos/", sheet.photos, name="photos"),
    path("<slug:slug>/fiche/photos/<int:pk>/", sheet.photo, name="photo"),
    path("<slug:slug>/fiche/texte/", sheet.text, name="text"),
    path("<slug:slug>/fiche/contact/", sheet.contact, name="contact"),
]
