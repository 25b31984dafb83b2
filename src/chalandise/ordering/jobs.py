"""Background entry points of ordering."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from chalandise.ordering.actions.cart import forget_old_carts
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.ordering.actions.reservations import erase_old_reservations, expire_reservations


@app.periodic(cron="*/5 * * * *")
@app.task(name="ordering.expire_reservations", queueing_lock="ordering.expire_reservations")
def expire(timestamp: int) -> None:
    """Let go, every five minutes, of what has waited too long."""
    expire_reservations(at=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="ordering.erase_old_reservations", queueing_lock="ordering.erase_old_reservations")
def erase(timestamp: int) -> None:
    """Erase, every night, what customers wrote a year ago and more."""
    erase_old_reservations(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="ordering.expire_unpaid", queueing_lock="ordering.expire_unpaid")
def let_go_unpaid(timestamp: int) -> None:
    """Let go, every minute, of orders whose time to pay has run out."""
    expire_unpaid(at=timezone.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="ordering.forget_old_carts", queueing_lock="ordering.forget_old_carts")
def forget_carts(timestamp: int) -> None:
    """Erase, every night, the carts that nobody has touched for two months."""
    forget_old_carts(at=timezone.now())
