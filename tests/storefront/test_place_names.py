"""The name of a place melts into a French sentence; in English it stands as it is."""

import pytest
from django.test import Client
from django.utils import translation
from tests.cast import Cast
from tests.factories import territories

from chalandise.storefront.finding.names import PlaceName, around, community_name, inside


@pytest.mark.parametrize(
    ("name", "of", "within"),
    [
        ("Cahors", "de Cahors", "à Cahors"),
        ("Albi", "d’Albi", "à Albi"),
        ("Élancourt", "d’Élancourt", "à Élancourt"),
        ("Yvetot", "d’Yvetot", "à Yvetot"),
        ("Yenne", "de Yenne", "à Yenne"),
        ("Le Vigan", "du Vigan", "au Vigan"),
        ("Les Arques", "des Arques", "aux Arques"),
        ("La Rochelle", "de La Rochelle", "à La Rochelle"),
        ("L’Hospitalet", "de L’Hospitalet", "à L’Hospitalet"),
    ],
)
def test_a_commune_melts_with_what_stands_before_it(name: str, of: str, within: str) -> None:
    assert (PlaceName(name).of, PlaceName(name).inside) == (of, within)


def test_an_intercommunality_takes_its_article_along() -> None:
    assert community_name("CA du Grand Cahors").of == "du Grand Cahors"
    assert community_name("CC de l’Ouest Aveyron").inside == "dans l’Ouest Aveyron"


def test_an_english_sentence_takes_the_bare_name(cast: Cast) -> None:
    albi = territories.commune("46900", "Albi")
    with translation.override("en"):
        assert (around(albi), inside(albi)) == ("Albi", "Albi")
    with translation.override("fr"):
        assert (around(albi), inside(albi)) == ("d’Albi", "à Albi")


def test_looking_around_a_place_is_said_as_one_says_it(cast: Cast, client: Client, build) -> None:
    territories.commune("46900", "Albi")
    build()
    asked = {"territory": "commune-46900", "around": "1"}
    page = client.get("/recherche/", asked, headers={"accept-language": "fr"}).content.decode()
    assert "Autour d’Albi" in page
    assert "seulement à Albi" in page
    page = client.get("/commerces/?territory=commune-46900", headers={"accept-language": "fr"})
    assert "à Albi</h1>" in page.content.decode()
