"""What higher rooms know of an offer: everything an order line needs, and no row of ours."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class PartTerms:
    """One part of a gift basket, and who sells it.

    Attributes:
        offer_id: the part.
        quantity: how many of it are in one basket.
        share_cents: what one basket's price pays for all of them, tax included.
        organisation_id: who sells the part; None where nobody looks after the shop any more.
        establishment_id: where it is sold.
        vat_rate_bp: the rate of the part at its seller.
        name: what a line says.
        is_new_book, is_reduced_book: as of an offer by itself.
    """

    offer_id: int
    quantity: int
    share_cents: int
    organisation_id: int | None
    establishment_id: int
    vat_rate_bp: int
    name: str
    vat_code: str = ""
    keeps_stock: bool = False
    is_new_book: bool = False
    is_reduced_book: bool = False


@dataclass(frozen=True)
class OfferTerms:
    """The terms of one offer at one moment.

    Attributes:
        price_cents: what one costs now, tax included; for a weight-priced offer, the estimate.
        reference_price_cents: the price to cross out, computed; None where there is none.
        vat_rate_bp: the rate today at this seller; 0 under the franchise.
        unit_price_cents: of one ``unit_price_unit``; always given for weight-priced offers.
        lead_minutes: how long it takes to make.
        withdrawal_exception: a `WithdrawalException`, blank for the ordinary fourteen days.
        allergens: None while nobody has said, empty when there are none.
        is_orderable: on the shelf, available, of a shop that sells online and may.
        territory_keys: the territories that the shop stands in, for what a portal may sell.
        is_new_book: bringing it has a least price (loi of 10 August 1981).
        is_reduced_book: a new book below its publisher's price, which is collected and not sent.
        durability: what is told of how long it lasts, by key of `catalogue.durability`.
        parts: what a gift basket is made of, empty for a simple product.
    """

    offer_id: int
    variant_id: int
    product_id: int
    product_slug: str
    product_name: str
    variant_name: str
    establishment_id: int
    organisation_id: int | None
    price_cents: int
    reference_price_cents: int | None
    vat_code: str
    vat_rate_bp: int
    unit_price_cents: int | None
    unit_price_unit: str
    keeps_stock: bool
    lead_minutes: int
    weight_grams: int
    is_weight_priced: bool
    estimate_grams: int | None
    tolerance_percent: int
    withdrawal_exception: str
    is_alcohol: bool
    minimum_age: int
    allergens: tuple[str, ...] | None
    is_perishable: bool
    goods_kind: str
    photo_name: str
    photo_alt: str
    is_orderable: bool
    parts: tuple[PartTerms, ...] = ()
    category_key: str = ""
    is_made_here: bool = False
    is_new_book: bool = False
    is_reduced_book: bool = False
    promotion_ends_at: str = ""
    durability: tuple[tuple[str, str], ...] = ()
    territory_keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a line says: the product, and the variant where there are several."""
        if not self.variant_name:
            return self.product_name
        return f"{self.product_name} – {self.variant_name}"

    @property
    def lead_days(self) -> int:
        """In how many days it is made, the last one begun counted whole; 0 within a day."""
        return 0 if self.lead_minutes < DAY_MINUTES else -(-self.lead_minutes // DAY_MINUTES)
