"""The cast: the same few people of the same two towns in every test.

Claire bakes in Cahors, Idris sells books in Figeac, Nadia buys, Hélène is an agent of the Lot,
Gilles administers it, Odile is an agent of the next département: the stranger of every test about
rights.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.clock import moment
from tests.doubles import Double
from tests.factories import accounts, directory, organisations, portals, territories

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.portals.models import Portal
from chalandise.portals.states import StaffRole


@dataclass(frozen=True)
class Cast:
    """People, portals and shops, made together."""

    lot: Portal
    cahors: Portal
    elsewhere: Portal
    claire: User
    idris: User
    nadia: User
    helene: User
    gilles: User
    odile: User
    bakery: Establishment
    bookshop: Establishment
    foreign_shop: Establishment


@pytest.fixture
def cast(db: None) -> Cast:
    """Bring the whole cast on stage."""
    return DOUBLE.again()


def bring_on_stage() -> Cast:
    """Make everybody and everything of the cast in an empty database."""
    lot = portals.portal(
        territories.lot(),
        slug="lot",
        name="Achat Lot",
        host="localhost",
        operator_name="Chambre de démonstration",
        hotline="+33565000000",
    )
    cahors = portals.portal(
        territories.grand_cahors(), slug="grand-cahors", name="Grand Cahors", parent=lot
    )
    elsewhere = portals.portal(
        territories.tarn_et_garonne(),
        slug="tarn-et-garonne",
        name="Achat Tarn-et-Garonne",
        host="voisin.test",
    )
    claire = accounts.user("Claire Fournil", email="claire@exemple.test")
    idris = accounts.user("Idris Page", email="idris@exemple.test")
    helene = accounts.user("Hélène Standard", email="helene@exemple.test", is_staff=True)
    gilles = accounts.user("Gilles Bureau", email="gilles@exemple.test", is_staff=True)
    odile = accounts.user("Odile Voisine", email="odile@exemple.test", is_staff=True)
    portals.staff(helene, lot, StaffRole.AGENT)
    portals.staff(gilles, lot, StaffRole.ADMINISTRATOR)
    portals.staff(odile, elsewhere, StaffRole.ADMINISTRATOR)
    return Cast(
        lot=lot,
        cahors=cahors,
        elsewhere=elsewhere,
        claire=claire,
        idris=idris,
        nadia=accounts.user("Nadia Cabas", email="nadia@exemple.test"),
        helene=helene,
        gilles=gilles,
        odile=odile,
        bakery=directory.establishment(
            "Au Pain de Chanvre",
            slug="au-pain-de-chanvre-cahors",
            organisation=organisations.organisation(claire),
            claimed_at=moment("2026-09-01 09:00"),
            services=["pickup", "reservation"],
            phone="+33565000001",
            email="claire@exemple.test",
        ),
        bookshop=directory.establishment(
            "Le Livre d’Olt",
            slug="le-livre-d-olt-figeac",
            commune=territories.figeac(),
            category=directory.category("librairie", "Librairie", icon="books"),
            organisation=organisations.organisation(idris),
            claimed_at=moment("2026-09-01 09:00"),
            services=["pickup"],
            postal_code="46100",
            latitude=44.6086,
            longitude=2.0325,
        ),
        foreign_shop=directory.establishment(
            "Épicerie CANARI-82",
            slug="epicerie-canari-82",
            commune=territories.montauban(),
            postal_code="82000",
            latitude=44.0178,
            longitude=1.355,
        ),
    )


DOUBLE = Double(bring_on_stage)
