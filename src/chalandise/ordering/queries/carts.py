"""Reads about carts: what is inside, at the terms of this moment, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalandise.accounts.models import User
from chalandise.catalogue.queries.offer_rows import offer_rows
from chalandise.catalogue.queries.terms import terms_of_rows
from chalandise.catalogue.terms import OfferTerms
from chalandise.directory.models import Establishment
from chalandise.logistics.queries.fees import LeastFees, Tariff, least_fees
from chalandise.ordering.books import Books, lawful_fees
from chalandise.ordering.errors import Change, Changed
from chalandise.ordering.models import Cart, CartLine
from chalandise.ordering.queries.rows import guest_cart, guest_cart_and_lines, lines_of_cart
from chalandise.ordering.sharing import ADULT, said_unit_price, with_shares
from chalandise.portals.models import Portal
from chalandise.portals.queries import lineage
from chalandise.stock.queries import left_of


@dataclass(frozen=True)
class CartLineView:
    """One line as it stands now.

    Attributes:
        terms: the offer at this moment.
        total_cents: at today's price.
        left: how many can be had; None where no stock is kept.
        change: what differs from what the customer last saw, if anything.
    """

    line_id: int
    offer_id: int
    quantity: int
    terms: OfferTerms
    total_cents: int
    seen_price_cents: int
    left: int | None
    change: Change | None

    @property
    def unit_price(self) -> str:
        """« 7,90 €/kg », blank where none is owed."""
        return said_unit_price(self.terms)


@dataclass(frozen=True)
class CartGroup:
    """What one merchant would sell."""

    establishment: Establishment
    lines: tuple[CartLineView, ...]
    items_cents: int


@dataclass(frozen=True)
class CartView:
    """A cart at the terms of this moment.

    Attributes:
        groups: by merchant, in the order in which the first thing of each was added.
        changes: what differs from what the customer last saw, to be shown.
        items_cents: what can be ordered costs.
        count: how many things.
        minimum_age: the highest age that anything asks for.
    """

    groups: tuple[CartGroup, ...]
    changes: tuple[Change, ...]
    items_cents: int
    count: int
    minimum_age: int
    has_alcohol: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing inside."""
        return not self.groups

    @property
    def blocking(self) -> tuple[Change, ...]:
        """The changes that must be confirmed before going on: all but a lower price."""
        return tuple(one for one in self.changes if one.kind != Changed.PRICE_DOWN)


def home_of(portal: Portal) -> Portal:
    """Return the portal that keeps the carts: the root, so that sub-portals share one."""
    return lineage(portal)[-1]


def find_cart(
    portal: Portal, *, token: str = "", user: User | None = None, shows_lines: bool = False
) -> Cart | None:
    """Return the cart of a person, or behind a guest's token; one statement for a root portal.

    Args:
        portal: where the customer stands.
        token: the guest's.
        user: the person.
        shows_lines: whether a guest's lines are to be at hand, in the same statement.
    """
    home = home_of(portal)
    if user is not None:
        return Cart.objects.filter(user=user, portal=home).first()
    if not token:
        return None
    return (guest_cart_and_lines if shows_lines else guest_cart)(token, home.pk)


def view_cart(cart: Cart, *, at: datetime) -> CartView:
    """Return what is inside at the terms of ``at``; three statements, two where its lines are at hand."""
    rows = lines_of_cart(cart.pk) if cart.lines_at_hand is None else cart.lines_at_hand
    ids = [row.offer_id for row in rows]
    offers = offer_rows(ids, at=at) if ids else []
    terms = terms_of_rows(offers, at=at)
    left = left_of(ids, at=at) if ids else {}
    shops = {one.shop.pk: one.shop for one in offers}
    lines = [_line(row, terms[row.offer_id], left.get(row.offer_id)) for row in rows]
    groups = [_group(shop, lines) for shop in _in_order(lines, shops)]
    return CartView(
        groups=tuple(groups),
        changes=tuple(line.change for line in lines if line.change is not None),
        items_cents=sum(group.items_cents for group in groups),
        count=sum(line.quantity for line in lines),
        minimum_age=max((_age(line.terms) for line in lines), default=0),
        has_alcohol=any(line.terms.is_alcohol for line in lines),
    )


def fees_of(view: CartView, tariffs: Mapping[int, Tariff]) -> dict[int, LeastFees]:
    """Return what getting each merchant's things costs at least, by establishment.

    Args:
        view: the cart.
        tariffs: of each of its establishments, as `tariffs_of` gives them.
    """
    return {
        group.establishment.pk: lawful_fees(_least_fees(group, tariffs), _books(group))
        for group in view.groups
    }


def _least_fees(group: CartGroup, tariffs: Mapping[int, Tariff]) -> LeastFees:
    tariff = tariffs[group.establishment.pk]
    return least_fees(tariff, subtotal_cents=group.items_cents, weight_grams=_weight(group))


def _weight(group: CartGroup) -> int:
    return sum(line.terms.weight_grams * line.quantity for line in group.lines)


def _books(group: CartGroup) -> Books:
    books = [book for line in group.lines for book in _books_in(line.terms, line.quantity)]
    return Books(sum(book.cents for book in books), any(book.has_reduced for book in books))


def _books_in(offer: OfferTerms, quantity: int) -> Iterator[Books]:
    """Yield the new books of so many of an offer, those in a gift basket too; none it cannot sell."""
    if not offer.is_orderable:
        return
    if offer.is_new_book:
        yield Books(offer.price_cents * quantity, offer.is_reduced_book)
    for part, cents in with_shares(offer) if offer.parts else ():
        if part.is_new_book:
            yield Books(cents * quantity, part.is_reduced_book)


def _line(row: CartLine, terms: OfferTerms, left: int | None) -> CartLineView:
    return CartLineView(
        line_id=row.pk,
        offer_id=row.offer_id,
        quantity=row.quantity,
        terms=terms,
        total_cents=terms.price_cents * row.quantity if terms.is_orderable else 0,
        seen_price_cents=row.seen_price_cents,
        left=left,
        change=change_of(row, terms, left),
    )


def change_of(row: CartLine, terms: OfferTerms, left: int | None) -> Change | None:
    """Return how a line differs from what the customer last saw; the gravest thing first."""
    if not terms.is_orderable or left == 0:
        return Change(Changed.GONE, row.offer_id, terms.name, row.quantity, 0)
    if left is not None and left < row.quantity:
        return Change(Changed.LESS_LEFT, row.offer_id, terms.name, row.quantity, left)
    if terms.price_cents != row.seen_price_cents:
        dearer = terms.price_cents > row.seen_price_cents
        kind = Changed.PRICE_UP if dearer else Changed.PRICE_DOWN
        return Change(kind, row.offer_id, terms.name, row.seen_price_cents, terms.price_cents)
    return None


def _in_order(
    lines: Sequence[CartLineView], shops: dict[int, Establishment]
) -> Iterable[Establishment]:
    return (shops[pk] for pk in dict.fromkeys(line.terms.establishment_id for line in lines))


def _group(shop: Establishment, lines: Sequence[CartLineView]) -> CartGroup:
    own = tuple(line for line in lines if line.terms.establishment_id == shop.pk)
    return CartGroup(shop, own, sum(line.total_cents for line in own))


def _age(terms: OfferTerms) -> int:
    return max(terms.minimum_age, ADULT if terms.is_alcohol else 0)
