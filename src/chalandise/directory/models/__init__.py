"""Tables of the directory, one file per subject."""

from chalandise.directory.models.categories import Category
from chalandise.directory.models.claims import Claim, ErrorReport
from chalandise.directory.models.decisions import Decision
from chalandise.directory.models.establishments import Establishment, EstablishmentQuerySet
from chalandise.directory.models.facts import Fact
from chalandise.directory.models.hours import EstablishmentHours, ExceptionalClosing
from chalandise.directory.models.photos import Photo
from chalandise.directory.models.stand_ins import StandIn

__all__ = [
    "Category",
    "Claim",
    "Decision",
    "ErrorReport",
    "Establishment",
    "EstablishmentHours",
    "EstablishmentQuerySet",
    "ExceptionalClosing",
    "Fact",
    "Photo",
    "StandIn",
]
