"""Who may open the addresses of the face `counter`; how to write a row is told in `__init__.py`."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from tests.architecture.url_policy.rules import ANYONE, BAKERS, SIGNED_IN, Rule
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, logistics, points, portals
from tests.factories.fulfilment import accepted
from tests.factories.settlements import commission, sale

from chalandise.catalogue.actions import compose_basket
from chalandise.catalogue.models import BasketInvitation, Offer, Product, ProductPhoto, Promotion
from chalandise.counter.goods.kept_files import keep_file
from chalandise.directory.actions.standing_in import open_stand_in
from chalandise.directory.models import ExceptionalClosing, Photo, StandIn
from chalandise.directory.reminders import reminder_token
from chalandise.fulfilment.passes import new_pass
from chalandise.logistics.actions import invite_keeper, shut_point
from chalandise.logistics.models import DeliveryZone, PickupPoint, PointClosing, ShippingRate
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, ReservationRequest, Withdrawal
from chalandise.ordering.states import OrderSource
from chalandise.organisations.invitations import token_of
from chalandise.organisations.models import Invitation
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.models import Invoice, Statement

KEEPERS = frozenset({"nadia"})  # of a pooled point, in the rows that make her one


def a_commission(cast: Cast) -> object:
    return commission(cast.lot, cast.bakery)


def bakery(cast: Cast, *_made: object) -> dict[str, object]:
    return {"slug": cast.bakery.slug}


def with_pk(cast: Cast, made: object) -> dict[str, object]:
    return {"slug": cast.bakery.slug, "pk": made.pk}


def a_closing(cast: Cast) -> ExceptionalClosing:
    return ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 2)
    )


def a_photo(cast: Cast) -> Photo:
    return Photo.objects.create(establishment=cast.bakery, name="absente", width=9, height=9)


def a_request(cast: Cast) -> ReservationRequest:
    return ReservationRequest.objects.create(
        establishment=cast.bakery,
        portal=cast.lot,
        customer_name="Nadia",
        customer_email="nadia@exemple.test",
        text="Un pain",
        wanted_at=moment("2030-01-05 10:00"),
        expires_at=moment("2030-01-05 10:00"),
    )


def a_withdrawal(cast: Cast) -> Withdrawal:
    part = accepted(cast.lot, cast.bakery)
    line = part.lines.all()[0]
    who = {"name": "Nadia", "email": "nadia@exemple.test"}
    return confirm_withdrawal(part.order, {line.pk: 1}, at=timezone.now(), **who)[0]


def an_order(cast: Cast) -> MerchantOrder:
    return accepted(cast.lot, cast.bakery)


def a_phoned_order(cast: Cast) -> MerchantOrder:
    part = accepted(cast.lot, cast.bakery)
    part.order.source = OrderSource.PHONE
    part.order.save(update_fields=["source"])
    return part


def a_press(*_made: object) -> dict[str, object]:
    return {"do": "ready"}


def a_return(*_made: object) -> dict[str, object]:
    return {"do": "give_back"}


def a_pass(_cast: Cast, made: MerchantOrder) -> dict[str, object]:
    return {"token": new_pass(made.pk, at=timezone.now())}


def an_invoice(cast: Cast) -> Invoice:
    organisation = cast.bakery.organisation
    assert organisation is not None, "the bakery has an organisation"
    sold = sale(organisation, at=moment("2026-11-20 10:00"))
    record_sale(sold, source="payment:1", at=moment("2026-11-20 10:00"))
    return Invoice.objects.get()


def a_statement(cast: Cast) -> Statement:
    return issue_statement(
        an_invoice(cast).organisation_id,
        date(2026, 11, 1),
        date(2026, 11, 30),
        at=moment("2026-12-01 02:00"),
    )


def as_table(cast: Cast, made: Statement) -> dict[str, object]:
    return {**with_pk(cast, made), "form": "csv"}


def a_table(*_made: object) -> dict[str, object]:
    return {"file": "clients.csv", "starts_on": "2026-11-01", "ends_on": "2026-11-30"}


def this_year(cast: Cast, *_made: object) -> dict[str, object]:
    return {"slug": cast.bakery.slug, "year": 2026}


def reminder(cast: Cast, *_made: object) -> dict[str, object]:
    return {"token": reminder_token(cast.bakery)}


def an_invitation(cast: Cast) -> Invitation:
    return Invitation.objects.create(
        organisation=cast.bakery.organisation,
        email="nadia@exemple.test",
        expires_at=timezone.now() + timedelta(days=1),
    )


def an_open_link(_cast: Cast, made: Invitation) -> dict[str, object]:
    return {"token": token_of(made)}


def a_product(cast: Cast) -> Product:
    return catalogue.product(cast.bakery, "Tourte de seigle")


def an_offer(cast: Cast) -> Offer:
    return catalogue.offer(cast.bakery, "Tourte de seigle")


def of_offer(cast: Cast, made: Offer) -> dict[str, object]:
    return {
        "slug": cast.bakery.slug,
        "pk": made.variant.product_id,
        "offer_pk": made.pk,
    }


def a_product_photo(cast: Cast) -> ProductPhoto:
    return ProductPhoto.objects.create(
        product=a_product(cast), name="absente-du-produit", width=9, height=9
    )


def an_invitation_to_a_basket(cast: Cast) -> BasketInvitation:
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy")
    bread = catalogue.offer(cast.bakery, "Tourte de seigle")
    compose_basket(
        cast.bookshop,
        name="Panier",
        price_cents=1000,
        parts={bread.pk: 1, book.pk: 1},
        by=catalogue.BY,
        at=moment("2026-11-20 10:00"),
    )
    return BasketInvitation.objects.get()


def of_product_photo(cast: Cast, made: ProductPhoto) -> dict[str, object]:
    return {"slug": cast.bakery.slug, "pk": made.product_id, "photo_pk": made.pk}


def a_promotion(cast: Cast) -> Promotion:
    return Promotion.objects.create(
        offer=an_offer(cast),
        price_cents=200,
        starts_at=moment("2030-01-05 00:00"),
        ends_at=moment("2030-01-06 00:00"),
    )


def of_promotion(cast: Cast, made: Promotion) -> dict[str, object]:
    return {**of_offer(cast, made.offer), "promotion_pk": made.pk}


def a_file(cast: Cast) -> str:
    return keep_file(cast.bakery, b"nom;prix\nTourte;4,20\n", at=timezone.now())


def of_file(cast: Cast, made: str) -> dict[str, object]:
    return {"slug": cast.bakery.slug, "token": made}


def a_zone(cast: Cast) -> DeliveryZone:
    zone: DeliveryZone = logistics.zone(cast.bakery)
    return zone


def a_rate(cast: Cast) -> ShippingRate:
    return logistics.parcel(cast.bakery)


def a_point(cast: Cast) -> PickupPoint:
    return logistics.pooled_point(cast.lot)


def a_kept_point(cast: Cast) -> PickupPoint:
    """A pooled point that Nadia keeps."""
    point = logistics.pooled_point(cast.lot)
    invite_keeper(point, cast.nadia, by=catalogue.BY, at=timezone.now())
    return point


def of_point(_cast: Cast, made: PickupPoint) -> dict[str, object]:
    return {"pk": made.pk}


def a_brought_order(cast: Cast) -> MerchantOrder:
    at = moment("2026-11-16 09:00")
    hall = a_kept_point(cast)
    slot = moment("2026-11-18 17:00")
    return points.brought(cast.lot, cast.bakery, hall, starts_at=slot, at=at)


def at_point(_cast: Cast, made: MerchantOrder) -> dict[str, object]:
    return {"pk": int(made.way_key.partition(":")[2]), "order_pk": made.pk}


def a_shut_point(cast: Cast) -> PointClosing:
    starts_at = timezone.now() + timedelta(days=1)
    return shut_point(
        a_kept_point(cast),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=1),
        by=catalogue.BY,
        at=timezone.now(),
    )


def of_shut_point(_cast: Cast, made: PointClosing) -> dict[str, object]:
    return {"pk": made.point_id, "closing_pk": made.pk}


def a_stand_in(cast: Cast) -> StandIn:
    if not cast.lot.staff.filter(user=cast.helene).exists():  # a rule before may have let her go
        portals.staff(cast.helene, cast.lot)
    return open_stand_in(
        cast.bakery, portal=cast.lot, agent=cast.helene, reason="Aide", at=timezone.now()
    )


RULES: dict[str, Rule] = {
    "counter:shops": Rule(SIGNED_IN),
    "counter:offline": Rule(ANYONE),  # a script, the same for everybody
    "counter:claim": Rule(ANYONE, given=bakery),
    "counter:claim_code": Rule(SIGNED_IN, given=bakery),
    "counter:still_right": Rule(ANYONE, given=reminder),
    "counter:invitation": Rule(frozenset({"nadia"}), given=an_open_link, make=an_invitation),
    "counter:team": Rule(BAKERS, given=bakery),
    "counter:change_team": Rule(BAKERS, given=bakery, method="post"),
    "counter:point": Rule(KEEPERS, given=of_point, make=a_kept_point),
    "counter:point_arrived": Rule(KEEPERS, given=at_point, make=a_brought_order, method="post"),
    "counter:point_closings": Rule(KEEPERS, given=of_point, make=a_kept_point),
    "counter:point_reopen": Rule(KEEPERS, given=of_shut_point, make=a_shut_point, method="post"),
    "counter:point_hand_over": Rule(KEEPERS, given=of_point, make=a_kept_point),
    "counter:point_order": Rule(KEEPERS, given=at_point, make=a_brought_order),
    "counter:point_give": Rule(KEEPERS, given=at_point, make=a_brought_order, method="post"),
    "counter:home": Rule(BAKERS, given=bakery),
    "counter:reservations": Rule(BAKERS, given=bakery),
    "counter:reservation": Rule(BAKERS, given=with_pk, make=a_request),
    "counter:ready": Rule(BAKERS, given=with_pk, make=a_request, method="post"),
    "counter:handed": Rule(BAKERS, given=with_pk, make=a_request, method="post"),
    "counter:picture": Rule(frozenset(), given=with_pk, make=a_request),  # no picture was sent
    "counter:board": Rule(BAKERS, given=bakery),
    "counter:day_sheet": Rule(BAKERS, given=bakery),
    "counter:phone_order": Rule(BAKERS, given=bakery),
    "counter:phone_slip": Rule(BAKERS, given=with_pk, make=a_phoned_order),
    "counter:order": Rule(BAKERS, given=with_pk, make=an_order),
    "counter:order_do": Rule(BAKERS, given=with_pk, make=an_order, method="post", data=a_press),
    "counter:returns": Rule(BAKERS, given=bakery),
    "counter:return_do": Rule(
        BAKERS, given=with_pk, make=a_withdrawal, method="post", data=a_return
    ),
    "counter:order_move": Rule(BAKERS, given=with_pk, make=an_order),
    "counter:picking_slip": Rule(BAKERS, given=with_pk, make=an_order),
    "counter:order_hand_over": Rule(BAKERS, given=with_pk, make=an_order),
    "counter:pass": Rule(BAKERS, given=a_pass, make=an_order),
    "counter:hand_over": Rule(BAKERS, given=bakery),
    "counter:shelf": Rule(BAKERS, given=bakery),
    "counter:put": Rule(BAKERS, given=bakery),
    "counter:product": Rule(BAKERS, given=with_pk, make=a_product),
    "counter:finish": Rule(BAKERS, given=with_pk, make=a_product),
    "counter:product_do": Rule(BAKERS, given=with_pk, make=a_product, method="post"),
    "counter:product_photos": Rule(BAKERS, given=with_pk, make=a_product),
    "counter:product_photo": Rule(
        BAKERS, given=of_product_photo, make=a_product_photo, method="post"
    ),
    "counter:variant": Rule(BAKERS, given=with_pk, make=a_product),
    "counter:offer": Rule(BAKERS, given=of_offer, make=an_offer),
    "counter:promotion_over": Rule(BAKERS, given=of_promotion, make=a_promotion, method="post"),
    "counter:sold": Rule(BAKERS, given=with_pk, make=an_offer, method="post"),
    "counter:stock_moved": Rule(BAKERS, given=with_pk, make=an_offer, method="post"),
    "counter:basket": Rule(BAKERS, given=bakery),
    "counter:baskets": Rule(BAKERS, given=bakery),
    "counter:basket_do": Rule(BAKERS, given=with_pk, make=an_invitation_to_a_basket, method="post"),
    "counter:table": Rule(BAKERS, given=bakery),
    "counter:import_file": Rule(BAKERS, given=bakery),
    "counter:import_try": Rule(BAKERS, given=of_file, make=a_file),
    "counter:ways": Rule(BAKERS, given=bakery),
    "counter:zone_new": Rule(BAKERS, given=bakery),
    "counter:zone": Rule(BAKERS, given=with_pk, make=a_zone),
    "counter:shipping_new": Rule(BAKERS, given=bakery),
    "counter:shipping": Rule(BAKERS, given=with_pk, make=a_rate),
    "counter:bringing": Rule(BAKERS, given=with_pk, make=a_point),
    "counter:selling": Rule(BAKERS, given=bakery),
    "counter:stop_selling": Rule(BAKERS, given=bakery),
    "counter:mandate": Rule(BAKERS, given=bakery, method="post"),
    "counter:bank": Rule(BAKERS, given=bakery, method="post"),
    "counter:bank_back": Rule(BAKERS, given=bakery),
    "counter:hours": Rule(BAKERS, given=bakery),
    "counter:closings": Rule(BAKERS, given=bakery),
    "counter:reopen": Rule(BAKERS, given=with_pk, make=a_closing, method="post"),
    "counter:visits": Rule(BAKERS, given=bakery),
    "counter:leave": Rule(frozenset({"helene"}), method="post", make=a_stand_in),
    "counter:papers": Rule(BAKERS, given=bakery),
    "counter:export": Rule(BAKERS, given=bakery, method="post", data=a_table),
    "counter:invoice_file": Rule(BAKERS, given=with_pk, make=an_invoice),
    "counter:statement_file": Rule(BAKERS, given=as_table, make=a_statement),
    "counter:commission_file": Rule(BAKERS, given=with_pk, make=a_commission),
    "counter:year_file": Rule(BAKERS, given=this_year),
    "counter:sheet": Rule(BAKERS, given=bakery),
    "counter:photos": Rule(BAKERS, given=bakery),
    "counter:photo": Rule(BAKERS, given=with_pk, make=a_photo, method="post"),
    "counter:text": Rule(BAKERS, given=bakery),
    "counter:contact": Rule(BAKERS, given=bakery),
}
