"""Letters with a code: what they say, and to whom they are refused."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory

from chalandise.directory.actions.claims import claim_by_code, request_claim
from chalandise.directory.queries import list_letters_to_print
from chalandise.directory.states import ClaimChannel
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.outreach.actions import print_letters, write_to_merchants

pytestmark = pytest.mark.django_db

AT = moment("2026-11-18 10:30")


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_letter_carries_the_address_and_a_code_that_opens_the_sheet(cast: Cast):
    shop = directory.establishment("Fleurs #import <b>", slug="fleurs", street="2 place Clément")
    request_claim(
        shop,
        portal=cast.lot,
        user=cast.nadia,
        channel=ClaimChannel.LETTER,
        by=Actor.person(cast.nadia),
        at=AT,
    )
    waiting = list(list_letters_to_print(cast.lot, at=AT))
    (text,) = pages(print_letters(cast.lot, waiting, agent=cast.helene, at=AT))
    assert "Fleurs #import <b>" in text
    assert "2 place Clément" in text
    assert "46000 Cahors" in text
    short = re.search(r"/c/(\d+)/", text)
    assert short is not None
    led = Client(SERVER_NAME="localhost").get(short[0])
    assert led["Location"] == "/comptoir/reprendre/fleurs/code/"
    code = re.search(r"\b([34679CDFGHJKMNPQRTVWX]{4}) ([34679CDFGHJKMNPQRTVWX]{4})\b", text)
    claim_by_code(
        shop, portal=cast.lot, user=cast.nadia, code=code[0], by=Actor.person(cast.nadia), at=AT
    )
    assert not list_letters_to_print(cast.lot, at=AT).exists()


def test_merchants_who_look_after_their_sheet_are_left_in_peace(cast: Cast):
    shops = [cast.bakery, directory.establishment("Un"), directory.establishment("Deux")]
    assert len(pages(write_to_merchants(cast.lot, shops, agent=cast.helene, at=AT))) == 2


def test_a_stranger_prints_nothing_49(cast: Cast):
    for agent in (cast.odile, cast.claire):
        with pytest.raises(NotFoundError):
            write_to_merchants(cast.lot, [cast.bookshop], agent=agent, at=AT)
