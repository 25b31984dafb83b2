"""Any cart is shared out to the cent among those who sell it (invariant I4)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalandise.catalogue.terms import OfferTerms, PartTerms
from chalandise.kernel.money import vat_by_rate
from chalandise.ordering.recap import RecapMerchant, digest_of, recap_line, recap_of, vat_of
from chalandise.ordering.sharing import Share, ShareKey, Wanted, part_ids, share_out

BAKERY, BOOKSHOP, POTTERY = 1, 2, 3


def terms(offer_id: int, shop: int = BAKERY, cents: int = 450, **fields: object) -> OfferTerms:
    """The terms of a plain product."""
    plain = OfferTerms(
        offer_id=offer_id,
        variant_id=offer_id,
        product_id=offer_id,
        product_slug=f"produit-{offer_id}",
        product_name=f"Produit {offer_id}",
        variant_name="",
        establishment_id=shop,
        organisation_id=shop,
        price_cents=cents,
        reference_price_cents=None,
        vat_code="reduced",
        vat_rate_bp=550,
        unit_price_cents=None,
        unit_price_unit="",
        keeps_stock=True,
        lead_minutes=0,
        weight_grams=100,
        is_weight_priced=False,
        estimate_grams=None,
        tolerance_percent=0,
        withdrawal_exception="",
        is_alcohol=False,
        minimum_age=0,
        allergens=(),
        is_perishable=False,
        goods_kind="goods",
        photo_name="",
        photo_alt="",
        is_orderable=True,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def part(offer: OfferTerms, quantity: int, cents: int) -> PartTerms:
    """A part of a basket."""
    return PartTerms(
        offer_id=offer.offer_id,
        quantity=quantity,
        share_cents=cents,
        organisation_id=offer.organisation_id,
        establishment_id=offer.establishment_id,
        vat_rate_bp=offer.vat_rate_bp,
        name=offer.name,
    )


LOAF = terms(1)
BRIOCHE = terms(2, cents=500)
BOOK = terms(3, BOOKSHOP, 2000)
CANDLE = terms(4, POTTERY, 400, vat_rate_bp=2000)
INSIDE = {one.offer_id: one for one in (BRIOCHE, BOOK, CANDLE)}
BASKET = terms(
    5,
    BOOKSHOP,
    3000,
    product_name="Goûter de Cahors",
    parts=(part(BOOK, 1, 1800), part(BRIOCHE, 2, 900), part(CANDLE, 1, 300)),
)


def sums(shares: list[Share]) -> list[tuple[int, int | None, int]]:
    return [(one.key.establishment_id, one.key.gathered_by, one.items_cents) for one in shares]


def test_the_worked_example_of_the_guide() -> None:
    wanted = [Wanted(LOAF.offer_id, 2), Wanted(BASKET.offer_id, 1)]
    shares = share_out(wanted, {1: LOAF, 5: BASKET}, INSIDE)
    assert sums(shares) == [
        (BAKERY, None, 900),
        (BOOKSHOP, None, 1800),
        (BAKERY, BOOKSHOP, 900),
        (POTTERY, BOOKSHOP, 300),
    ]
    assert [one.goods for one in shares] == [{1: 2}, {3: 1}, {2: 2}, {4: 1}]
    assert shares[1].gathered_cents + shares[1].items_cents == 3000
    assert {line.basket_name for line in shares[2].lines} == {"Goûter de Cahors"}
    reduced = share_out([Wanted(5, 1)], {5: replace(BASKET, price_cents=2500)}, INSIDE)
    assert [one.items_cents for one in reduced] == [1500, 750, 250]


def test_whatever_holds_alcohol_is_for_adults() -> None:
    wine = terms(7, is_alcohol=True)
    (share,) = share_out([Wanted(7, 1)], {7: wine}, {})
    assert share.lines[0].minimum_age == 18


@st.composite
def carts(draw: st.DrawFn) -> tuple[list[Wanted], dict[int, OfferTerms], dict[int, OfferTerms]]:
    shops = st.integers(1, 4)
    rates = st.sampled_from([0, 210, 550, 1000, 2000])
    inside = {
        pk: terms(pk, draw(shops), draw(st.integers(1, 9999)), vat_rate_bp=draw(rates))
        for pk in range(100, 100 + draw(st.integers(1, 6)))
    }
    known: dict[int, OfferTerms] = {}
    for pk in range(1, 1 + draw(st.integers(1, 8))):
        price = draw(st.integers(1, 99_999))
        parts: tuple[PartTerms, ...] = ()
        if draw(st.booleans()):
            chosen = draw(st.lists(st.sampled_from(sorted(inside)), min_size=1, unique=True))
            parts = tuple(
                part(inside[one], draw(st.integers(1, 5)), draw(st.integers(1, 5000)))
                for one in chosen
            )
        known[pk] = terms(pk, draw(shops), price, vat_rate_bp=draw(rates), parts=parts)
    wanted = [Wanted(pk, draw(st.integers(1, 99))) for pk in known]
    return wanted, known, inside


@given(carts())
def test_i4_the_whole_is_the_sum_of_the_shares(
    cart: tuple[list[Wanted], dict[int, OfferTerms], dict[int, OfferTerms]],
) -> None:
    wanted, known, inside = cart
    shares = share_out(wanted, known, inside)
    total = sum(known[one.offer_id].price_cents * one.quantity for one in wanted)
    assert sum(share.items_cents for share in shares) == total
    assert all(line.total_cents >= 0 for share in shares for line in share.lines)
    keys = [share.key for share in shares]
    assert len(keys) == len(set(keys))
    for share in shares:  # whoever gathers is there, before what it gathers
        if share.key.gathered_by is not None:
            assert keys.index(ShareKey(share.key.gathered_by)) < keys.index(share.key)
    presented = sum(share.gathered_cents for share in shares)
    assert presented == sum(s.items_cents for s in shares if s.key.gathered_by is not None)
    assert part_ids(known) <= set(inside)


@given(carts(), st.integers(0, 2000))
def test_i4_the_recap_adds_up_tax_included(
    cart: tuple[list[Wanted], dict[int, OfferTerms], dict[int, OfferTerms]], fee: int
) -> None:
    merchants = []
    for share in share_out(*cart):
        own_fee = fee if share.key.gathered_by is None else 0
        vat = vat_of(share.lines, fee_cents=own_fee, fee_rate_bp=2000)
        assert sum(one.gross_cents for one in vat) == share.items_cents + own_fee
        assert all(one.net_cents + one.tax_cents == one.gross_cents for one in vat)
        merchants.append(
            RecapMerchant(
                establishment=str(share.key.establishment_id),
                seller={},
                way={},
                starts_at="",
                ends_at="",
                promised_on="2026-12-18",
                gathered_by="",
                lines=[recap_line(line) for line in share.lines],
                items_cents=share.items_cents,
                fee_cents=own_fee,
                total_cents=share.items_cents + own_fee,
                vat=vat,
            )
        )
    recap = recap_of(portal="Achat Lot", customer={}, merchants=merchants)
    assert recap.total_cents == recap.items_cents + recap.fee_cents
    assert recap.total_cents == sum(one.total_cents for one in recap.merchants)
    assert recap.digest == digest_of(recap.as_json())
    dearer = replace(recap, total_cents=recap.total_cents + 1)
    assert dearer.digest != recap.digest


def test_fault_17_three_at_1_99_weigh_31_cents_of_tax() -> None:
    (share,) = share_out([Wanted(1, 3)], {1: terms(1, cents=199)}, {})
    (vat,) = vat_of(share.lines, fee_cents=0, fee_rate_bp=2000)
    assert (vat.gross_cents, vat.tax_cents) == (597, 31)
    assert vat_by_rate([(550, 597)])[0].tax_cents == vat.tax_cents
