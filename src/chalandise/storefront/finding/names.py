"""How the name of a territory sits in a sentence: « tout le Lot », « toute la Creuse », « Cahors ».

French puts an article before a département or a region and none before a commune; « à », « de » and
« tout » change with it. The registers give bare names, so the articles stand here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalandise.territories.models import Territory
from chalandise.territories.states import Kind
from chalandise.web.formatting import speaks_french

_PLURAL_F = "04 05 06 08 13 22 40 64 65 66 78 79 88"
_PLURAL_M = "92"
_FEMININE = (
    "02 07 09 10 11 16 17 19 2A 2B 21 23 24 26 27 31 33 35 36 37 38 42 43 44 48 50 51 52 53 54 55 "
    "57 58 60 61 70 71 72 73 74 76 77 80 85 86 87 89 91 93 971 972 973"
)
_BARE = "75 974 976"
_REGIONS_F = "01 02 03 11 27 28 53 75 76 84 93 94"
_REGIONS_PLURAL_M = "32 52"  # les Hauts-de-France, les Pays de la Loire
_REGIONS_BARE = "04 06"  # La Réunion, Mayotte
_VOWELS = "aâàäeéèêëiîïoôöœuûü"
_CONTRACTED = (("Le ", "du ", "au "), ("Les ", "des ", "aux "))
"""What a commune's own article becomes after « de » and « à »: « du Vigan », « aux Arques »."""
_ELIDED = ("Hérault",)
_COMMUNITY = re.compile(r"^(?:CC|CA|CU|Communauté \w+(?: d’agglomération)?)\s+", re.IGNORECASE)
_LINKS = (
    (re.compile(r"^du\s+", re.IGNORECASE), "le "),
    (re.compile(r"^de la\s+", re.IGNORECASE), "la "),
    (re.compile(r"^des\s+", re.IGNORECASE), "les "),
    (re.compile(r"^de l['’]\s*", re.IGNORECASE), "l’"),
    (re.compile(r"^de\s+|^d['’]\s*", re.IGNORECASE), ""),
)


@dataclass(frozen=True)
class PlaceName:
    """A name with its article.

    Attributes:
        name: the bare name, « Lot ».
        article: « le », « la », « les », « l’ » or blank.
        gender: ``m`` or ``f``, for « tout » and « toute ».
    """

    name: str
    article: str = ""
    gender: str = "m"

    @property
    def definite(self) -> str:
        """The name with its article: « le Lot », « l’Ain », « Cahors »."""
        if not self.article:
            return self.name
        return f"{self.article}{'' if self.article.endswith('’') else ' '}{self.name}"

    @property
    def whole(self) -> str:
        """All of it: « tout le Lot », « toutes les Landes », « tout Cahors »."""
        if self.article == "les":
            return f"{'toutes' if self.gender == 'f' else 'tous'} {self.definite}"
        feminine = self.gender == "f" and self.article
        return f"{'toute' if feminine else 'tout'} {self.definite}"

    @property
    def of(self) -> str:
        """What belongs to it: « du Lot », « de la Creuse », « des Landes », « d’Agen »."""
        match self.article:
            case "le":
                return f"du {self.name}"
            case "les":
                return f"des {self.name}"
            case "":
                return self._contracted(1) or (
                    f"d’{self.name}" if _begins_with_vowel(self.name) else f"de {self.name}"
                )
            case _:
                return f"de {self.definite}"

    @property
    def inside(self) -> str:
        """Where: « dans le Lot », « à Cahors », « au Vigan »."""
        if self.article:
            return f"dans {self.definite}"
        return self._contracted(2) or f"à {self.name}"

    def _contracted(self, after: int) -> str:
        """The name melted with « de » (1) or « à » (2); blank where nothing melts."""
        for form in _CONTRACTED:
            if self.name.startswith(form[0]):
                return form[after] + self.name.removeprefix(form[0])
        return ""


def name_of(territory: Territory) -> PlaceName:
    """Return the name of a territory as a sentence needs it."""
    if territory.kind == Kind.DEPARTEMENT:
        return _with_article(
            territory.name,
            gender="f" if _in(territory.code, _FEMININE, _PLURAL_F) else "m",
            plural=_in(territory.code, _PLURAL_F, _PLURAL_M),
            bare=_in(territory.code, _BARE),
        )
    if territory.kind == Kind.REGION:
        return _with_article(
            territory.name,
            gender="f" if _in(territory.code, _REGIONS_F) else "m",
            plural=_in(territory.code, _REGIONS_PLURAL_M),
            bare=_in(territory.code, _REGIONS_BARE),
        )
    if territory.kind == Kind.EPCI:
        return community_name(territory.name)
    return PlaceName(territory.name)


def around(territory: Territory) -> str:
    """Return the place of « around {place} »: in French with its « de », « d’Albi », « du Vigan »."""
    return name_of(territory).of if speaks_french() else territory.name


def inside(territory: Territory) -> str:
    """Return the place of « in {place} »: in French with its « à », « à Albi », « dans le Lot »."""
    return name_of(territory).inside if speaks_french() else territory.name


def community_name(name: str) -> PlaceName:
    """Return how people call an intercommunality: « CA du Grand Cahors » is « le Grand Cahors »."""
    bare = _COMMUNITY.sub("", name)
    for link, article in _LINKS:
        shorter, count = link.subn("", bare)
        if count:
            tail = shorter[:1].upper() + shorter[1:]
            gender = "f" if article == "la " else "m"
            return PlaceName(tail, article.strip(), gender)
    return PlaceName(bare)


def _with_article(name: str, *, gender: str, plural: bool, bare: bool) -> PlaceName:
    if bare:
        return PlaceName(name)
    if plural:
        return PlaceName(name, "les", gender)
    if _begins_with_vowel(name) or name.startswith(_ELIDED):
        return PlaceName(name, "l’", gender)
    return PlaceName(name, "la" if gender == "f" else "le", gender)


def _begins_with_vowel(name: str) -> bool:
    first, second = name[:1].lower(), name[1:2].lower()
    return first in _VOWELS or (first == "y" and second not in _VOWELS)  # d’Yvetot, de Yenne


def _in(code: str, *lists: str) -> bool:
    return any(code in codes.split() for codes in lists)
