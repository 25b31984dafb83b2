"""DAC7: what the operator of a platform declares of its sellers each January (CGI 1649 ter A).

The file follows the schema of the DGFiP (DPI-DAC7, revenues from 2023): amounts in whole euros,
net of commissions, by quarter. Validated by the tests against the published XSD. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalandise.directory.cleaning.identifiers import is_valid_siren
from chalandise.kernel.money import round_half_up, split_cents
from chalandise.kernel.on_demand import OnDemand
from chalandise.settlements.invoicing.document import Party

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = OnDemand("lxml.etree")

DPI = "urn:oecd:ties:dpi"
STF = "urn:oecd:ties:dpistf"
FEWEST_SALES = 30
LARGEST_UNDECLARED_CENTS = 2_000_00

Quarters = tuple[int, int, int, int]


@dataclass(frozen=True)
class Activity:
    """What a seller made of goods, or of services, in a year.

    Attributes:
        paid_cents: by quarter, refunds and commissions deducted, never negative.
        counts: sales by quarter, those wholly refunded left out.
        fees_cents: commissions by quarter.
        taxes_cents: taxes withheld by the platform; it withholds none.
    """

    paid_cents: Quarters = (0, 0, 0, 0)
    counts: Quarters = (0, 0, 0, 0)
    fees_cents: Quarters = (0, 0, 0, 0)
    taxes_cents: Quarters = (0, 0, 0, 0)


@dataclass(frozen=True)
class Person:
    """A sole trader: the law declares them as a natural person, whatever the name of the shop.

    Where they were born is asked of nobody: only somebody without a tax number must say it, and the
    SIREN without which nobody sells here is one (344 G terdecies; rule 12 of the DGFiP).
    """

    first_name: str
    last_name: str
    born_on: date | None


@dataclass(frozen=True)
class Seller:
    """A seller and their year.

    Attributes:
        organisation_id: ours, for the reference of the entry.
        party: identity as the seller profile has it; a sole trader's address is their home.
        goods: sales of goods.
        services: services.
        person: who a sole trader is; none for a company.
    """

    organisation_id: int
    party: Party
    goods: Activity
    services: Activity
    person: Person | None = None

    @property
    def is_declared(self) -> bool:
        """Whether the seller is above the threshold: 30 sales of goods, or more than 2 000 €.

        Services have no threshold.
        """
        return (
            sum(self.goods.counts) >= FEWEST_SALES
            or sum(self.goods.paid_cents) > LARGEST_UNDECLARED_CENTS
            or any(self.services.counts)
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What due diligence still has to ask for, in the fields of a party and of a person."""
        return missing_of(self.party, self.person)

    @property
    def individual(self) -> Person | None:
        """Whom the file declares; a person of whom something lacks stands in it under their SIREN.

        The schema takes no person without a date of birth, and one refusal refuses the whole file.
        """
        return None if self.missing else self.person


def missing_of(party: Party, person: Person | None = None) -> tuple[str, ...]:
    """Return what the declaration must say of a seller and nobody has said, or that cannot be true.

    A SIREN is also the tax number of a French firm; its key is checked (annexe III, 344 G quaterdecies).
    """
    named: dict[str, object] = {"name": party.name}
    if person is not None:
        named = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "born_on": person.born_on,
        }
    wanted = {
        **named,
        "siren": is_valid_siren(party.siren),
        "postal_code": party.postal_code,
        "town": party.town,
    }
    return tuple(name for name, value in wanted.items() if not value)


def without_negatives(quarters: Quarters) -> Quarters:
    """Move what a quarter gave back above its sales to the other quarters, shared over them.

    The schema knows no negative amount; the year's sum stays as it is (never below zero).
    """
    debt = -sum(cents for cents in quarters if cents < 0)
    positive = [max(cents, 0) for cents in quarters]
    taken = split_cents(min(debt, sum(positive)), positive)
    first, second, third, fourth = (
        cents - less for cents, less in zip(positive, taken, strict=True)
    )
    return (first, second, third, fourth)


def dac7_xml(
    operator: Party, sellers: Sequence[Seller], *, year: int, platform: str, at: datetime
) -> bytes:
    """Return the yearly file; sellers under the threshold are left out.

    Args:
        operator: who declares, with their SIREN.
        sellers: everybody who sold.
        year: of the revenues.
        platform: the name customers know.
        at: when the file is made.
    """
    declared = [one for one in sellers if one.is_declared]
    tree = _Tree(etree.Element(f"{{{DPI}}}DPI_OECD", nsmap={"dpi": DPI, "stf": STF}, version="1.0"))
    stamp = f"{at:%Y%m%d%H%M%S}"
    with tree.inside("MessageSpec"):
        tree.add("TransmittingCountry", "FR")
        tree.add("ReceivingCountry", "FR")
        tree.add("MessageType", "DPI")
        tree.add("MessageRefId", f"OP_{year}_{operator.siren}_{stamp}")
        tree.add("MessageTypeIndic", "DPI401" if declared else "DPI403")
        tree.add("ReportingPeriod", f"{year}-12-31")
        tree.add("Timestamp", f"{at:%Y-%m-%dT%H:%M:%S}")
    with tree.inside("DPIBody"):
        with tree.inside("PlatformOperator"):
            tree.add("ResCountryCode", operator.country)
            tree.add("TIN", operator.siren, issuedBy="FR")
            tree.add("Name", operator.name)
            tree.add("PlatformBusinessName", platform)
            _address(tree, operator)
            tree.add("Nexus", "RPONEX1")
            tree.add("AssumedReporting", "false")
            _reference(tree, f"{year}_{operator.siren}_PO_{stamp}")
        for seller in declared:
            _seller(
                tree, seller, reference=f"{year}_{operator.siren}_{seller.organisation_id}_{stamp}"
            )
    written: bytes = etree.tostring(
        tree.root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return written


def _seller(tree: _Tree, seller: Seller, *, reference: str) -> None:
    with tree.inside("ReportableSeller"):
        with tree.inside("Identity"):
            if seller.individual is None:
                _entity(tree, seller.party)
            else:
                _individual(tree, seller.party, seller.individual)
        with tree.inside("RelevantActivities"):
            for tag, activity in (
                ("PersonalServices", seller.services),
                ("SaleOfGoods", seller.goods),
            ):
                if any(activity.counts) or any(activity.paid_cents):
                    _activity(tree, tag, activity)
        _reference(tree, reference)


def _entity(tree: _Tree, party: Party) -> None:
    with tree.inside("EntitySeller"), tree.inside("Standard"), tree.inside("EntSellerID"):
        tree.add("ResCountryCode", party.country)
        if party.siren:
            tree.add("TIN", party.siren, issuedBy="FR")
        else:
            tree.add("TIN", "NOTIN", unknown="true")
        if party.siren:
            tree.add("IN", party.siren, issuedBy="FR", INType="BRN")
        if party.vat_number:
            tree.add("VAT", party.vat_number)
        tree.add("Name", party.name)
        _address(tree, party)


def _individual(tree: _Tree, party: Party, person: Person) -> None:
    """Write a natural person; the schema refuses them a number of the register of firms (``IN``)."""
    with tree.inside("IndividualSeller"), tree.inside("Standard"), tree.inside("IndSellerID"):
        tree.add("ResCountryCode", party.country)
        tree.add("TIN", party.siren, issuedBy="FR")
        if party.vat_number:
            tree.add("VAT", party.vat_number)
        with tree.inside("Name"):
            tree.add("FirstName", person.first_name)
            tree.add("LastName", person.last_name)
        _address(tree, party)
        with tree.inside("BirthInfo"):
            tree.add("BirthDate", f"{person.born_on}")


def _activity(tree: _Tree, tag: str, activity: Activity) -> None:
    with tree.inside(tag):
        for group, prefix, cents in (
            ("Consideration", "ConsQ", activity.paid_cents),
            ("NumberOfActivities", "NumbQ", None),
            ("Fees", "FeesQ", activity.fees_cents),
            ("Taxes", "TaxesQ", activity.taxes_cents),
        ):
            with tree.inside(group):
                for quarter in range(4):
                    if cents is None:
                        tree.add(f"{prefix}{quarter + 1}", str(activity.counts[quarter]))
                    else:
                        euros = str(round_half_up(cents[quarter], 100))
                        tree.add(f"{prefix}{quarter + 1}", euros, currCode="EUR")


def _address(tree: _Tree, party: Party) -> None:
    with tree.inside("Address"):
        tree.add("CountryCode", party.country)
        with tree.inside("AddressFix"):
            if party.lines:
                tree.add("Street", ", ".join(party.lines)[:200])
            if party.postal_code:
                tree.add("PostCode", party.postal_code)
            tree.add("City", party.town or "-")


def _reference(tree: _Tree, reference: str) -> None:
    with tree.inside("DocSpec"):
        tree.add("DocTypeIndic", "OECD1", namespace=STF)
        tree.add("DocRefId", reference, namespace=STF)


class _Tree:
    """Writes elements one after the other, with the element that is open."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self._open = root

    @contextmanager
    def inside(self, tag: str) -> Iterator[None]:
        outer, self._open = self._open, etree.SubElement(self._open, f"{{{DPI}}}{tag}")
        yield
        self._open = outer

    def add(self, tag: str, text: str, *, namespace: str = DPI, **attributes: str) -> None:
        made = etree.SubElement(self._open, f"{{{namespace}}}{tag}", attributes)
        made.text = "".join(one for one in text if one.isprintable())
