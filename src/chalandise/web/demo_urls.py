"""Addresses of the demonstration; present only where the demonstration is on."""

from django.urls import path

from chalandise.web import demo

app_name = "demo"
urlpatterns = [
    path("", demo.people, name="people"),
    path("entrer/", demo.enter, name="enter"),
    path("banque/", demo.bank_desk, name="bank_desk"),
    path("banque/<slug:reference>/", demo.decide, name="decide"),
    path("courriels/", demo.mailbox, name="mailbox"),
    path("courriels/<int:message_id>/", demo.letter, name="letter"),
    path("courriels/<int:message_id>/page/", demo.letter_page, name="letter_page"),
]
