"""Sentences put together say what they said apart."""

from django.utils import translation
from django.utils.translation import gettext, ngettext, trans_real

from chalandise.config.translations import join_catalogues


def test_every_sentence_says_what_it_said() -> None:
    trans_real._translations.clear()
    with translation.override("fr"):
        apart = trans_real.translation("fr")._catalog
        known = list(apart.keys())
        keys = [key for key in known if isinstance(key, str)]
        said = {key: apart.get(key) for key in keys}
        several = {
            key: apart.plural(key[0], number)
            for key in known
            if isinstance(key, tuple) and isinstance(key[0], str)
            for number in (1, 2)
        }
        join_catalogues()
        joined = trans_real.translation("fr")._catalog
        assert len(keys) > 1000
        assert {key: joined.get(key) for key in keys} == said
        for key, text in several.items():
            assert joined.plural(key[0], 2) == text
        assert gettext("Shops") == "Commerces"
        assert ngettext("%(count)s shop", "%(count)s shops", 2)


def test_a_sentence_takes_one_look() -> None:
    join_catalogues()
    assert "Shops" in trans_real.translation("fr")._catalog._catalogs[0]
