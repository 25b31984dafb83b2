"""Tables of ordering, one file per subject."""

from chalandise.ordering.models.carts import Cart, CartLine, Checkout, CheckoutPart
from chalandise.ordering.models.orders import (
    LineChange,
    MerchantOrder,
    Order,
    OrderLine,
    SellerTerms,
)
from chalandise.ordering.models.reservations import ReservationRequest
from chalandise.ordering.models.withdrawals import Withdrawal, WithdrawalCode, WithdrawalLine

__all__ = [
    "Cart",
    "CartLine",
    "Checkout",
    "CheckoutPart",
    "LineChange",
    "MerchantOrder",
    "Order",
    "OrderLine",
    "ReservationRequest",
    "SellerTerms",
    "Withdrawal",
    "WithdrawalCode",
    "WithdrawalLine",
]
