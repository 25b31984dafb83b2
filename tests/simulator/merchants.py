"""What merchants and the desk do: answer, prepare, hand over, count, change prices and capacities."""

from __future__ import annotations

from datetime import time, timedelta

from tests.simulator.world import DESK, MERCHANT, World

from chalandise.catalogue.actions import change_price
from chalandise.catalogue.actions.prices import call_off_promotion, start_promotion
from chalandise.catalogue.actions.shelf import publish_product, withdraw_product
from chalandise.catalogue.actions.stopping import sell_again, stop_selling
from chalandise.catalogue.models import Offer, Promotion, SellerProfile
from chalandise.catalogue.states import ProductState
from chalandise.directory.actions.listing import move_listings
from chalandise.directory.actions.opening import close_exceptionally, open_after_all
from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.directory.states import ListingState
from chalandise.fulfilment.actions.asking import Substitute, report_missing, weigh
from chalandise.fulfilment.actions.handing import Checks, deliver, hand_over, send_out
from chalandise.fulfilment.actions.letting_go import let_go, release_uncollected
from chalandise.fulfilment.actions.preparing import accept, keep_longer, mark_ready, refuse
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import COLLECTED_WAYS
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.logistics.actions import (
    close_point,
    close_zone,
    edit_point,
    edit_shipping,
    edit_zone,
    join_point,
    leave_point,
    open_zone,
    reopen_after_all,
    reopen_point,
    shut_point,
)
from chalandise.logistics.models import (
    DeliveryZone,
    PickupPoint,
    PointClosing,
    PointService,
    ShippingRate,
)
from chalandise.logistics.values import (
    BringingDraft,
    PickupSettings,
    RoundDraft,
    ShippingDraft,
    ZoneDraft,
)
from chalandise.ordering.actions.changing import give_gesture
from chalandise.ordering.actions.withdrawing import (
    contest_withdrawal,
    grant_withdrawal,
    return_withdrawal,
)
from chalandise.ordering.models import MerchantOrder, OrderLine, Withdrawal
from chalandise.ordering.states import Goods, MerchantOrderState, Pays, WithdrawalState
from chalandise.stock.actions import count_stock, receive_stock, sell_in_shop, write_off


def serve(world: World) -> str:
    """Take the next step of some order at some counter."""
    states = [MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED]
    own = MerchantOrder.objects.filter(state__in=states).order_by("pk")
    part = world.one_of(list(own))
    if part is None:
        return ""
    if part.state == MerchantOrderState.PLACED:
        if world.chance(12):
            refuse(part, reason="plus de farine", by=MERCHANT, at=world.now)
            return "refused"
        accept(part, by=MERCHANT, at=world.now)
        return "accepted"
    if world.chance(15):
        return _something_missing(world, part)
    by_weight = part.lines.filter(is_weight_priced=True).order_by("pk").first()
    if by_weight is not None and world.chance(60):
        return _weigh(world, by_weight)
    if world.chance(6):
        refuse(part, reason="four en panne", by=MERCHANT, at=world.now)
        return "refused after all"
    if world.chance(25):
        mark_ready(part, by=MERCHANT, at=world.now, without_answers=world.chance(30))
        return "ready"
    if world.chance(6):
        let_go(part, by=MERCHANT, at=world.now)
        return "let go"
    return _give(world, part)


def _give(world: World, part: MerchantOrder) -> str:
    means = world.dice.choice(("cash", "card"))
    if part.way_kind in COLLECTED_WAYS:
        code = part.pickup_code if world.chance(90) else "XXXX"
        checks = Checks(Proof.CODE, code=code, is_age_checked=True, means=means)
        hand_over(part, checks=checks, by=MERCHANT, at=world.now)
        return "handed over"
    if world.chance(70):
        send_out(part, by=MERCHANT, at=world.now)
        return "sent out"
    checks = Checks(Proof.DOOR, is_age_checked=True, means=means)
    deliver(part, checks=checks, by=MERCHANT, at=world.now)
    return "delivered"


def _something_missing(world: World, part: MerchantOrder) -> str:
    line = world.dice.choice(list(part.lines.order_by("pk")))
    offered = Substitute("Autre chose", world.dice.randint(1, 2000)) if world.chance(60) else None
    report_missing(
        line,
        quantity=world.dice.randint(1, line.quantity),
        by=MERCHANT,
        at=world.now,
        substitute=offered,
    )
    return "asked" if offered else "missing"


def _weigh(world: World, line: OrderLine) -> str:
    assert line.estimate_grams is not None
    about = line.estimate_grams * line.quantity
    grams = about * world.dice.choice((60, 95, 100, 104, 140)) // 100
    asked = weigh(line, grams=grams, by=MERCHANT, at=world.now)
    return "weighed" if asked is None else "heavier than agreed"


def decide_about_waiting(world: World) -> str:
    """Keep what nobody has collected for longer, or give up waiting and say what becomes of it.

    First what the platform has asked about: it was paid, and its time is over. That time passes
    now and then while nobody comes. Where nothing waits yet, something is put on the side.
    """
    ready = Fulfilment.objects.filter(state=FulfilmentState.READY).order_by("pk")
    waiting = world.one_of(list(ready.exclude(asked_at=None)) or list(ready))
    if waiting is None:
        return _set_aside(world)
    if waiting.asked_at is None and world.chance(60):
        world.now = max(waiting.kept_until or world.now, world.now)
        release_uncollected(at=world.now)
        waiting.refresh_from_db()
        if waiting.state != FulfilmentState.READY:
            return "nobody came"
    is_asked = waiting.asked_at is not None
    if world.chance(50):
        kept = max(waiting.kept_until or world.now, world.now)
        until = kept + timedelta(days=world.dice.randint(1, 14))
        keep_longer(waiting.merchant_order, until=until, by=MERCHANT, at=world.now)
        return "kept longer, having been asked" if is_asked else "kept longer"
    goods = world.dice.choice(tuple(Goods))
    let_go(waiting.merchant_order, goods=goods, by=MERCHANT, at=world.now)
    return "let go, having been asked" if is_asked else "let go"


def _set_aside(world: World) -> str:
    open_ones = MerchantOrder.objects.filter(
        state__in=[MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED],
        way_kind__in=COLLECTED_WAYS,
    ).order_by("pk")
    part = world.one_of(list(open_ones.filter(pays=Pays.ONLINE)) or list(open_ones))
    if part is None:
        return ""
    if part.state == MerchantOrderState.PLACED:
        accept(part, by=MERCHANT, at=world.now)
    mark_ready(part, by=MERCHANT, at=world.now, without_answers=True)
    return "set aside"


def be_kind(world: World) -> str:
    """Take something off a line, also after it was handed over."""
    line = world.one_of(list(OrderLine.objects.order_by("pk")))
    if line is None:
        return ""
    cents = world.dice.randint(1, line.total_cents)
    give_gesture(line, cents=cents, reason="pardon", by=MERCHANT, at=world.now)
    return "gesture"


def take_back(world: World) -> str:
    """Deal with a withdrawal: the goods come back, or the merchant objects or waives them."""
    still = Withdrawal.objects.exclude(state=WithdrawalState.REFUNDED).order_by("pk")
    withdrawal = world.one_of(list(still))
    if withdrawal is None:
        return ""
    if world.chance(15):
        contest_withdrawal(withdrawal, answer="entamé", by=MERCHANT, at=world.now)
        return "contested"
    if world.chance(30):
        grant_withdrawal(withdrawal, by=MERCHANT, at=world.now, goods_of=goods_of)
        return "granted"
    on_shelf = world.chance(50)
    return_withdrawal(
        withdrawal, by=MERCHANT, at=world.now, goes_on_shelf=on_shelf, goods_of=goods_of
    )
    return "came back"


def keep_shelf(world: World) -> str:
    """Sell in the shop, count, receive, lose; whoever counts below what is promised is refused."""
    offer = world.dice.choice(world.counted)
    match world.dice.randrange(4):
        case 0:
            sell_in_shop(offer, by=MERCHANT, at=world.now)
            return "sold in the shop"
        case 1:
            count_stock(offer, world.dice.randint(0, 6), by=MERCHANT, at=world.now)
            return "counted"
        case 2:
            receive_stock(offer, world.dice.randint(1, 4), by=MERCHANT, at=world.now)
            return "received"
        case _:
            write_off(offer, 1, by=MERCHANT, at=world.now)
            return "lost"


def edit(world: World) -> str:
    """Change a price, promise a lower one, take a product off the shelf and back, close some days,
    change capacity or terms."""
    offer = Offer.objects.select_related("variant__product").get(
        pk=world.dice.choice(world.offers).pk
    )
    match world.dice.randrange(7):
        case 0:
            price = world.dice.randint(50, 3000)
            change_price(offer, price_cents=price, by=MERCHANT, at=world.now)
            return "price"
        case 1:
            product = offer.variant.product
            if product.state == ProductState.PUBLISHED and world.chance(50):
                withdraw_product(product, by=MERCHANT, at=world.now)
                return "off the shelf"
            publish_product(product, by=MERCHANT, at=world.now)
            return "on the shelf"
        case 2:
            point = PickupPoint.objects.get(pk=world.dice.choice(world.points).pk)
            settings = PickupSettings(
                slot_minutes=point.slot_minutes, capacity=world.dice.randint(1, 3)
            )
            edit_point(point, settings=settings, by=MERCHANT, at=world.now)
            return "capacity"
        case 3:
            begins = world.now + timedelta(minutes=world.dice.choice((0, 5, 600)))
            start_promotion(
                offer,
                price_cents=max(1, offer.price_cents * world.dice.randint(40, 99) // 100),
                starts_at=begins,
                ends_at=begins + timedelta(minutes=world.dice.choice((10, 60, 3000))),
                by=MERCHANT,
                at=world.now,
            )
            return "promotion"
        case 4:
            running = Promotion.objects.filter(offer=offer, ends_at__gt=world.now)
            promotion = running.order_by("starts_at").first()
            if promotion is None:
                return ""
            call_off_promotion(promotion, by=MERCHANT, at=world.now)
            return "promotion called off"
        case 5:
            return _close_some_days(world)
        case _:
            shop = world.dice.choice(world.shops)
            profile = SellerProfile.objects.get(organisation=shop.organisation_id)
            profile.terms_version += 1
            profile.terms_html = f"<p>Conditions, version {profile.terms_version}.</p>"
            profile.legal_name = f"Maison {profile.terms_version} SARL"
            profile.save()
            return "terms"


def leave(world: World) -> str:
    """Leave the market, whatever is in the carts and at the bank."""
    shop = Establishment.objects.get(pk=world.dice.choice(world.shops).pk)
    match world.dice.randrange(5):
        case 0:
            gone = ListingState.HIDDEN if world.chance(60) else ListingState.CLOSED
            move_listings([shop.pk], gone, by=DESK, at=world.now)
            return f"listing {gone.value}"
        case 1:
            assert shop.organisation is not None
            stop_selling(shop.organisation, by=MERCHANT, at=world.now)
            return "sells no more"
        case 2:
            point = PickupPoint.objects.get(establishment=shop)
            close_point(point, by=MERCHANT, at=world.now)
            return "counter closed"
        case 3:
            begins = world.now + timedelta(hours=world.dice.randint(-9, 20))
            ends = begins + timedelta(hours=world.dice.randint(1, 30))
            shut_point(world.hall, starts_at=begins, ends_at=ends, by=DESK, at=world.now)
            return "hall shut"
        case _:
            services = PointService.objects.order_by("establishment__slug")
            leave_point(world.dice.choice(list(services)), by=MERCHANT, at=world.now)
            return "brings there no more"


def come_back(world: World) -> str:
    """Come back to the market, whoever is away."""
    shops = [one.pk for one in world.shops]
    away = [
        *Establishment.objects.filter(pk__in=shops)
        .exclude(status=ListingState.PUBLISHED)
        .order_by("slug"),
        *SellerProfile.objects.filter(
            organisation__establishments__in=shops, is_selling=False
        ).order_by("organisation__establishments__slug"),
        *PickupPoint.objects.filter(is_active=False).order_by("establishment__slug"),
        *PointClosing.objects.order_by("pk"),
        *PointService.objects.filter(is_active=False).order_by("establishment__slug"),
    ]
    match world.one_of(away):
        case Establishment(pk=pk):
            move_listings([pk], ListingState.PUBLISHED, by=DESK, at=world.now)
            return "listing published"
        case SellerProfile(organisation=organisation):
            sell_again(organisation, by=MERCHANT, at=world.now)
            return "sells again"
        case PickupPoint() as point:
            reopen_point(point, by=MERCHANT, at=world.now)
            return "counter open again"
        case PointClosing() as closing:
            reopen_after_all(closing, by=DESK, at=world.now)
            return "hall open after all"
        case PointService() as service:
            draft = BringingDraft(bring_by=service.bring_by)
            join_point(service.point, service.establishment, draft=draft, by=MERCHANT, at=world.now)
            return "brings there again"
    return ""


def edit_ways(world: World) -> str:
    """Bring elsewhere, for another price, in fewer rounds, or no more; send parcels otherwise."""
    cents = world.dice.choice((0, 250, 490, 690))
    if world.chance(30):
        rate = ShippingRate.objects.order_by("-pk")[0]
        sent = ShippingDraft(name="Colis", rate={"kind": "flat", "cents": cents})
        edit_shipping(rate, sent, by=MERCHANT, at=world.now)
        return "parcels"
    zone = DeliveryZone.objects.order_by("-pk")[0]
    if zone.is_active and world.chance(20):
        close_zone(zone, by=MERCHANT, at=world.now)
        return "zone closed"
    evenings = world.dice.sample(range(7), world.dice.randint(0, 7))
    towns = ("commune-46042",) if world.chance(80) else ("commune-46102",)
    draft = ZoneDraft(
        name="Cahors",
        kind="communes",
        rate={"kind": "flat", "cents": cents},
        commune_keys=towns,
        minimum_order_cents=world.dice.choice((0, 0, 1500)),
        rounds=tuple(
            RoundDraft(day, time(18), time(20), world.dice.randint(1, 2))
            for day in sorted(evenings)
        ),
    )
    if not zone.is_active:
        open_zone(zone.establishment, draft, by=MERCHANT, at=world.now)
        return "zone opened"
    over = edit_zone(zone, draft, by=MERCHANT, at=world.now)
    return "zone edited, rounds over-booked" if over else "zone edited"


def _close_some_days(world: World) -> str:
    closing = ExceptionalClosing.objects.order_by("establishment__slug", "starts_on").first()
    if closing is not None:
        open_after_all(closing, by=MERCHANT, at=world.now)
        return "open after all"
    begins = world.now.date() + timedelta(days=world.dice.randint(0, 2))
    close_exceptionally(
        world.dice.choice(world.shops),
        starts_on=begins,
        ends_on=begins + timedelta(days=world.dice.randint(0, 1)),
        by=MERCHANT,
        at=world.now,
    )
    return "closed some days"
