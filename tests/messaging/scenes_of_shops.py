"""Scenes of sheets, shelves, desks and accounts: who looks after what, and what was decided."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, directory, logistics, market, operations
from tests.messaging.letters import Facts, Freeze, Post, scene

from chalandise.catalogue.actions import agree_to_basket, compose_basket, decline_basket
from chalandise.catalogue.actions.shelf import recall_products
from chalandise.catalogue.models import BasketInvitation, Variant
from chalandise.directory.actions.claims import claim_by_code, request_claim
from chalandise.directory.actions.decisions import (
    Reasons,
    answer_complaint,
    contest_decision,
    explain_decision,
)
from chalandise.directory.actions.handling import handle_report
from chalandise.directory.actions.reminding import remind_of_hours
from chalandise.directory.actions.reports import report_error
from chalandise.directory.actions.standing_in import open_stand_in
from chalandise.directory.models import Establishment
from chalandise.directory.states import (
    ClaimChannel,
    DecisionGround,
    DecisionKind,
    ReportKind,
    ReportState,
)
from chalandise.journal.states import Actor
from chalandise.logistics.actions import invite_keeper
from chalandise.messaging.desk_mails import send_digests
from chalandise.messaging.leaving import take_leave
from chalandise.messaging.models import Message
from chalandise.organisations.invitations import invite_colleague, token_of
from chalandise.organisations.states import MemberRole

NOW = market.NOW
BAKERY = "Au Pain de Chanvre"
DESK = Actor("agent", "1", "Hélène Standard")
GTIN = "3017620422003"


@scene("basket_invitation", "basket_agreed", "basket_declined")
def neighbours_are_asked_to_be_in_a_basket(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    """The baker asks the bookseller, who says yes, and later changes his mind."""
    bread = catalogue.offer(cast.bakery, "Pain d’épices", price_cents=600)
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500)
    parts = {bread.pk: 1, book.pk: 1}
    name = "Panier de Noël"
    made = compose_basket(
        cast.bakery, name=name, price_cents=2000, parts=parts, by=catalogue.BY, at=NOW
    )
    post()
    asked = BasketInvitation.objects.get()
    agree_to_basket(asked, by=catalogue.BY, at=NOW)
    post()
    decline_basket(asked, by=catalogue.BY, at=freeze("2026-11-19 10:00"))
    post()
    told = sorted(Message.objects.values_list("template", "to"))
    assert told == [
        ("basket_agreed", "claire@exemple.test"),
        ("basket_declined", "claire@exemple.test"),
        ("basket_invitation", "idris@exemple.test"),
    ]
    neighbour = asked.organisation.name
    shelf = f"/comptoir/{cast.bakery.slug}/etal/{made.pk}/"
    return {
        "basket_invitation": [BAKERY, name, f"/comptoir/{cast.bookshop.slug}/"],
        "basket_agreed": [neighbour, name, shelf],
        "basket_declined": [neighbour, name, shelf],
    }


@scene("product_recalled", "product_recalled_for_shop")
def something_is_called_back(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    bread = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bread.offers[0], 1))
    Variant.objects.filter(pk=bread.offers[0].variant_id).update(gtin=GTIN)
    recall_products(GTIN, by=DESK, at=NOW, reason="Morceaux de verre.", portal=cast.lot)
    name = order.merchant_orders.get().lines.get().product_name
    return {
        "product_recalled": [name, GTIN, "Morceaux de verre."],
        "product_recalled_for_shop": [name, GTIN, "Morceaux de verre."],
    }


@scene("claim_code", "claim_accepted", "claim_notice", "desk_claim", "desk_digest")
def a_sheet_is_claimed(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    """Nadia takes over the flowers with the code of the shop’s own address; Idris is disputed."""
    flowers = directory.establishment("Fleurs du Pont", email="pont@exemple.test")
    said = {"portal": cast.lot, "channel": ClaimChannel.EMAIL, "at": NOW}
    request_claim(flowers, user=cast.nadia, by=Actor.person(cast.nadia), **said)
    post()
    letter = Message.objects.get(template="claim_code")
    code = re.search(r"^(\w{4} \w{4})$", letter.text, re.MULTILINE)
    assert code is not None, letter.text
    by = Actor.person(cast.nadia)
    claim_by_code(flowers, portal=cast.lot, user=cast.nadia, code=code[1], by=by, at=NOW)
    post()
    disputed = request_claim(flowers, user=cast.idris, by=Actor.person(cast.idris), **said)
    operations.report(cast.bookshop, sent_at=NOW)
    for _again in range(2):
        send_digests(at=freeze("2026-11-19 07:40"))
    name = "Fleurs du Pont"
    return {
        "claim_code": [name, code[1]],
        "claim_accepted": [name, "/comptoir/"],
        "claim_notice": [name],
        "desk_claim": [name, "Cahors", f"/console/demandes/{disputed.pk}/"],
        "desk_digest": ["/console/demandes/", "/console/signalements/"],
    }


@scene("stand_in_opened", "still_right", "colleague_invited", "keeper_invited")
def people_look_after_things(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    old = moment("2026-05-01 09:00")
    Establishment.objects.filter(pk=cast.bakery.pk).update(hours_verified_at=old)
    remind_of_hours(at=NOW)
    open_stand_in(cast.bakery, portal=cast.lot, agent=cast.helene, reason="Deuil", at=NOW)
    organisation = cast.bakery.organisation
    assert organisation is not None, "the bakery has an organisation"
    invited = invite_colleague(
        organisation,
        "lina@exemple.test",
        role=MemberRole.MEMBER,
        user=cast.claire,
        portal_slug="lot",
        at=NOW,
    )
    hall = logistics.pooled_point(cast.lot)
    invite_keeper(hall, cast.nadia, by=DESK, at=NOW)
    hours = reverse("counter:hours", args=[cast.bakery.slug])
    return {
        "stand_in_opened": [BAKERY, "Hélène Standard", "Deuil", f"/comptoir/{cast.bakery.slug}/"],
        "still_right": [BAKERY, "/comptoir/toujours-exact/", hours],
        "colleague_invited": [organisation.name, token_of(invited)],
        "keeper_invited": ["Mairie de Cahors", reverse("counter:point", args=[hall.pk])],
    }


@scene("report_answered", "decision_taken", "complaint_answered")
def the_desk_decides(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    report = report_error(
        cast.bakery,
        kind=ReportKind.HOURS,
        text="Fermé le lundi.",
        email="voisin@exemple.test",
        client="203.0.113.1",
        by=Actor.guest("visitor"),
        at=NOW,
    )
    told = {"portal": cast.lot, "answer": "Merci, c’est bien le lundi."}
    handle_report(report, ReportState.FIXED, by=DESK, at=NOW, **told)
    reasons = Reasons("Produits interdits.", DecisionGround.LAW)
    taken = explain_decision(
        cast.bakery, DecisionKind.HIDDEN, reasons, portal=cast.lot, by=DESK, at=NOW
    )
    post()
    email = "claire@exemple.test"
    contest_decision(taken, complaint="De la confiture.", email=email, by=DESK, at=NOW)
    answer_complaint(taken, answer="Vous avez raison.", is_reversed=True, by=DESK, at=NOW)
    link = f"http://localhost:8000{reverse('storefront:decision', args=[taken.token])}"
    return {
        "report_answered": [BAKERY, "Merci, c’est bien le lundi."],
        "decision_taken": [BAKERY, "Produits interdits.", link],
        "complaint_answered": ["Vous avez raison.", link],
    }


@scene("sign_in_code", "address_change_code", "security_notice", "account_closed")
def somebody_signs_in_moves_and_leaves(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    visitor, here = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    visitor.post(reverse("account_login"), {"email": "nadia@exemple.test"})
    here.force_login(cast.nadia, backend="django.contrib.auth.backends.ModelBackend")
    here.post(reverse("account_email"), {"email": "nadia.cabas@exemple.test"})
    letters = Message.objects.filter(template="address_change_code").order_by("pk")
    codes = {one.to: re.split(r"\W", one.subject)[0] for one in letters}
    typed = {
        "old_code": codes["nadia@exemple.test"],
        "new_code": codes["nadia.cabas@exemple.test"],
    }
    here.post(reverse("account_email_codes"), typed)
    cast.nadia.refresh_from_db()
    assert cast.nadia.email == "nadia.cabas@exemple.test"
    take_leave(cast.nadia, portal=cast.lot, at=NOW)
    [code] = re.findall(r"\b\d{6}\b", Message.objects.get(template="sign_in_code").subject)
    return {
        "sign_in_code": [code],
        "address_change_code": [],
        "security_notice": [],
        "account_closed": ["18 novembre", "http://localhost:8000/mentions-legales/"],
    }
