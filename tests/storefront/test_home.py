"""The home page, as somebody finds it who has just heard of the place."""

import re

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import directory, portals, territories

from chalandise.editorial.models import Selection, SelectionItem
from chalandise.territories.models import TerritoryContour
from chalandise.web import freshness

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[1.0, 44.2], [2.2, 44.2], [2.2, 45.0], [1.0, 45.0], [1.0, 44.2]]],
}


def text_of(client: Client, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_the_home_page_is_named_after_the_territory_in_good_french(
    cast: Cast, client: Client
) -> None:
    page = text_of(client, "/", "fr")
    assert "<h1><span>Tout le Lot,</span> <span>à portée de panier</span></h1>" in page


def test_an_operator_may_write_its_own_title(cast: Cast, client: Client) -> None:
    cast.lot.tagline = "Le marché du Lot"
    cast.lot.save()
    freshness.forget()
    assert "<h1><span>Le marché du Lot</span></h1>" in text_of(client, "/")


def test_help_by_telephone_is_offered_where_somebody_answers(cast: Cast, client: Client) -> None:
    cast.lot.hotline = ""
    cast.lot.save()
    for address in ("/", "/commerces/"):
        freshness.forget()
        assert "par téléphone si vous préférez" not in text_of(client, address, "fr")
    cast.lot.hotline = "+33565000001"
    cast.lot.save()
    for address in ("/", "/commerces/"):
        freshness.forget()
        assert "par téléphone si vous préférez" in text_of(client, address, "fr")


def test_who_is_open_near_the_largest_town_comes_first(
    cast: Cast, client: Client, build, freeze
) -> None:
    freeze("2026-11-18 10:30")
    build()  # a Wednesday
    page = text_of(client, "/", "fr")
    assert "Ouverts près de Cahors" in page
    assert page.index("Au Pain de Chanvre") < page.index("Le Livre d’Olt")
    assert "Ouvert jusqu’à 12\u202fh\u202f30" in page


def test_a_visitor_may_look_near_another_town(cast: Cast, client: Client, build, freeze) -> None:
    freeze("2026-11-18 10:30")
    build()
    page = text_of(client, "/?place=Figeac", "fr")
    assert "Ouverts près de Figeac" in page
    assert page.index("Le Livre d’Olt") < page.index("Au Pain de Chanvre")


def test_at_night_the_page_says_so_kindly(cast: Cast, client: Client, build, freeze) -> None:
    freeze("2026-11-18 23:30")
    build()
    assert "At this hour, shutters are down" in text_of(client, "/")


def test_at_night_who_opens_next_is_shown(cast: Cast, client: Client, build, freeze) -> None:
    freeze("2026-11-18 23:30")
    build()
    page = text_of(client, "/", "fr")
    assert "Bientôt ouverts près de Cahors" in page
    said = re.search(r"rideaux se lèvent vers ([^.]*)\.", page)
    assert said
    assert said[1] == "8\u202fh"
    assert page.index("Bientôt ouverts") < page.index("Au Pain de Chanvre")


def test_by_day_nobody_speaks_of_who_opens_next(cast: Cast, client: Client, build, freeze) -> None:
    freeze("2026-11-18 10:30")
    build()
    assert "Opening next" not in text_of(client, "/")


def test_a_portal_without_shops_says_what_happens_next(cast: Cast, client: Client, build) -> None:
    cast.bakery.delete()
    cast.bookshop.delete()
    build()
    assert "The shops are on their way" in text_of(client, "/")


def test_sub_portals_are_doors_with_their_counts(cast: Cast, client: Client, build) -> None:
    build()
    page = text_of(client, "/")
    assert 'href="/t/grand-cahors/"' in page
    assert '<span class="door__count">1</span>' in page


def test_a_sub_portal_stays_inside_itself_and_shows_the_way_up(
    cast: Cast, client: Client, build
) -> None:
    build()
    page = text_of(client, "/t/grand-cahors/")
    assert 'action="/t/grand-cahors/recherche/"' in page
    assert '<a href="/">Achat Lot</a>' in page
    assert "Le Livre d’Olt" not in page
    assert '<link rel="canonical" href="http://localhost:8000/t/grand-cahors/">' in page


def test_the_territory_is_drawn_without_script_and_counts_are_written_on_it(
    cast: Cast, client: Client, build
) -> None:
    for territory in (territories.lot(), territories.grand_cahors()):
        TerritoryContour.objects.create(
            territory=territory, geometry=SQUARE, west=1.0, south=44.2, east=2.2, north=45.0
        )
    build()
    page = text_of(client, "/")
    assert '<path class="drawing__land" d="M' in page
    assert page.count('class="drawing__count"') == 1


def test_a_selection_shows_only_what_visitors_of_the_portal_may_see(
    cast: Cast, client: Client, build
) -> None:
    hidden = directory.establishment("Volets clos", status="hidden")
    chosen = Selection.objects.create(portal=cast.lot, title="Sous le sapin", slug="sous-le-sapin")
    for position, shop in enumerate((cast.bookshop, hidden, cast.foreign_shop)):
        SelectionItem.objects.create(selection=chosen, establishment=shop, position=position)
    build()
    for address in ("/", "/selections/sous-le-sapin/"):
        page = text_of(client, address)
        assert "Sous le sapin" in page
        assert "Le Livre d’Olt" in page
        assert "Volets clos" not in page
        assert "CANARI" not in page


@pytest.mark.parametrize(("starts", "ends"), [("2026-12-01", None), (None, "2026-11-01")])
def test_a_selection_has_its_season(
    cast: Cast, client: Client, freeze, starts: str | None, ends: str | None
) -> None:
    freeze("2026-11-18 10:30")
    Selection.objects.create(
        portal=cast.lot, title="Hors saison", slug="hors-saison", starts_on=starts, ends_on=ends
    )
    assert "Hors saison" not in text_of(client, "/")
    assert client.get("/selections/hors-saison/").status_code == 404


def test_a_portal_of_several_territories_is_named_by_its_own_name(
    cast: Cast, client: Client
) -> None:
    portals.portal(
        territories.cahors(),
        territories.figeac(),
        slug="deux-villes",
        name="Nos deux villes",
        parent=cast.lot,
    )
    freshness.forget()
    assert "Nos deux villes, à portée de panier" in text_of(client, "/t/deux-villes/", "fr")
