"""Factur-X: the EN 16931 XML (UN/CEFACT CII) of an invoice, written element by element.

The order of elements is the schema's. Validated by the tests against the XSD and the schematron
that the package `factur-x` carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from chalandise.kernel.on_demand import OnDemand
from chalandise.settlements.invoicing.document import (
    BUSINESS_MENTIONS,
    DEBITS_MENTION,
    FRANCHISE_MENTION,
    DocumentKind,
    InvoiceDocument,
    Means,
    Party,
)

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = OnDemand("lxml.etree")

PROFILE = "urn:cen.eu:en16931:2017"
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
TYPE_CODES = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}  # UNTDID 1001
MEANS_CODES = {Means.ONLINE_CARD: "48", Means.CARD: "48", Means.CASH: "10"}  # UNTDID 4461
PROCESSES = {"goods": "B", "service": "S", "mixed": "M"}
ALREADY_PAID, TO_BE_PAID = "2", "1"
SIREN_SCHEME = "0002"
ELECTRONIC_ADDRESS_SCHEME = "0225"  # the French directory of approved platforms, by SIREN
TAX_DUE_ON_ISSUE = "5"  # UNTDID 2005: the option for the debits


def facturx_xml(document: InvoiceDocument) -> bytes:
    """Return the XML of the document, profile EN 16931."""
    tree = _Tree()
    with tree.inside("rsm:ExchangedDocumentContext"):
        with tree.inside("ram:BusinessProcessSpecifiedDocumentContextParameter"):
            tree.add("ram:ID", _process(document))
        with tree.inside("ram:GuidelineSpecifiedDocumentContextParameter"):
            tree.add("ram:ID", PROFILE)
    with tree.inside("rsm:ExchangedDocument"):
        tree.add("ram:ID", document.number)
        tree.add("ram:TypeCode", TYPE_CODES[document.kind])
        tree.add_date("ram:IssueDateTime", document.issued_on)
        for code, text in _notes(document):
            with tree.inside("ram:IncludedNote"):
                tree.add("ram:Content", text)
                tree.add("ram:SubjectCode", code)
    with tree.inside("rsm:SupplyChainTradeTransaction"):
        for place in range(len(document.lines)):
            _line(tree, document, place)
        _agreement(tree, document)
        _delivery(tree, document)
        _settlement(tree, document)
    written: bytes = etree.tostring(
        tree.root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return written


class _Tree:
    """Writes elements one after the other, with the element that is open."""

    def __init__(self) -> None:
        self.root = etree.Element(_qualified("rsm:CrossIndustryInvoice"), nsmap=NAMESPACES)
        self._open = self.root

    @contextmanager
    def inside(self, tag: str) -> Iterator[None]:
        outer, self._open = self._open, etree.SubElement(self._open, _qualified(tag))
        yield
        self._open = outer

    def add(self, tag: str, text: str, **attributes: str) -> None:
        etree.SubElement(self._open, _qualified(tag), attributes).text = _legible(text)

    def add_date(self, tag: str, on: date, *, kind: str = "udt") -> None:
        with self.inside(tag):
            self.add(f"{kind}:DateTimeString", f"{on:%Y%m%d}", format="102")


def _line(tree: _Tree, document: InvoiceDocument, place: int) -> None:
    line = document.lines[place]
    with tree.inside("ram:IncludedSupplyChainTradeLineItem"):
        with tree.inside("ram:AssociatedDocumentLineDocument"):
            tree.add("ram:LineID", str(place + 1))
        with tree.inside("ram:SpecifiedTradeProduct"):
            tree.add("ram:Name", line.name)
            if line.detail:
                tree.add("ram:Description", line.detail)
        with (
            tree.inside("ram:SpecifiedLineTradeAgreement"),
            tree.inside("ram:NetPriceProductTradePrice"),
        ):
            tree.add("ram:ChargeAmount", f"{document.unit_net(place):f}")
        with tree.inside("ram:SpecifiedLineTradeDelivery"):
            tree.add("ram:BilledQuantity", f"{line.quantity:f}", unitCode=line.unit)
        with tree.inside("ram:SpecifiedLineTradeSettlement"):
            with tree.inside("ram:ApplicableTradeTax"):
                tree.add("ram:TypeCode", "VAT")
                tree.add("ram:CategoryCode", _category(line.rate_bp))
                tree.add("ram:RateApplicablePercent", _percent(line.rate_bp))
            with tree.inside("ram:SpecifiedTradeSettlementLineMonetarySummation"):
                tree.add("ram:LineTotalAmount", _euros(document.line_nets[place]))


def _agreement(tree: _Tree, document: InvoiceDocument) -> None:
    with tree.inside("ram:ApplicableHeaderTradeAgreement"):
        is_to_firm = bool(document.buyer.siren)
        _party(tree, "ram:SellerTradeParty", document.seller, is_to_firm=is_to_firm, is_seller=True)
        _party(tree, "ram:BuyerTradeParty", document.buyer, is_to_firm=is_to_firm)
        if not document.period:
            with tree.inside("ram:BuyerOrderReferencedDocument"):
                tree.add("ram:IssuerAssignedID", document.order_number)


def _party(
    tree: _Tree, tag: str, party: Party, *, is_to_firm: bool, is_seller: bool = False
) -> None:
    with tree.inside(tag):
        tree.add("ram:Name", party.name)
        if is_seller and party.legal_form:
            tree.add("ram:Description", party.legal_form)
        if party.siren:
            with tree.inside("ram:SpecifiedLegalOrganization"):
                tree.add("ram:ID", party.siren, schemeID=SIREN_SCHEME)
        if is_seller and (party.phone or party.email):
            with tree.inside("ram:DefinedTradeContact"):
                tree.add("ram:PersonName", party.name)
                if party.phone:
                    with tree.inside("ram:TelephoneUniversalCommunication"):
                        tree.add("ram:CompleteNumber", party.phone)
                if party.email:
                    with tree.inside("ram:EmailURIUniversalCommunication"):
                        tree.add("ram:URIID", party.email)
        _address(tree, party)
        if is_to_firm and party.siren:
            with tree.inside("ram:URIUniversalCommunication"):
                tree.add("ram:URIID", party.siren, schemeID=ELECTRONIC_ADDRESS_SCHEME)
        if party.vat_number:
            with tree.inside("ram:SpecifiedTaxRegistration"):
                tree.add("ram:ID", party.vat_number, schemeID="VA")
        elif is_seller and party.siren:
            with tree.inside("ram:SpecifiedTaxRegistration"):
                tree.add("ram:ID", party.siren, schemeID="FC")


def _address(tree: _Tree, party: Party) -> None:
    with tree.inside("ram:PostalTradeAddress"):
        if party.postal_code:
            tree.add("ram:PostcodeCode", party.postal_code)
        for tag, text in zip(
            ("ram:LineOne", "ram:LineTwo", "ram:LineThree"), party.lines, strict=False
        ):
            tree.add(tag, text)
        if party.town:
            tree.add("ram:CityName", party.town)
        tree.add("ram:CountryID", party.country)


def _delivery(tree: _Tree, document: InvoiceDocument) -> None:
    with tree.inside("ram:ApplicableHeaderTradeDelivery"):
        if document.delivery is not None:
            with tree.inside("ram:ShipToTradeParty"):
                tree.add("ram:Name", document.delivery.name)
                _address(tree, document.delivery)
        if document.delivered_on is not None:
            with tree.inside("ram:ActualDeliverySupplyChainEvent"):
                tree.add_date("ram:OccurrenceDateTime", document.delivered_on)


def _period(tree: _Tree, document: InvoiceDocument) -> None:
    if document.period:
        with tree.inside("ram:BillingSpecifiedPeriod"):
            tree.add_date("ram:StartDateTime", document.period[0])
            tree.add_date("ram:EndDateTime", document.period[1])


def _settlement(tree: _Tree, document: InvoiceDocument) -> None:
    with tree.inside("ram:ApplicableHeaderTradeSettlement"):
        tree.add("ram:InvoiceCurrencyCode", "EUR")
        if document.means is not None:
            with tree.inside("ram:SpecifiedTradeSettlementPaymentMeans"):
                tree.add("ram:TypeCode", MEANS_CODES[document.means])
        for one in document.vat:
            with tree.inside("ram:ApplicableTradeTax"):
                tree.add("ram:CalculatedAmount", _euros(one.tax_cents))
                tree.add("ram:TypeCode", "VAT")
                if not one.rate_bp:
                    tree.add("ram:ExemptionReason", _exemption(document))
                tree.add("ram:BasisAmount", _euros(one.net_cents))
                tree.add("ram:CategoryCode", _category(one.rate_bp))
                if document.is_franchise:
                    tree.add("ram:ExemptionReasonCode", "VATEX-FR-FRANCHISE")
                if document.is_on_debits:
                    tree.add("ram:DueDateTypeCode", TAX_DUE_ON_ISSUE)
                tree.add("ram:RateApplicablePercent", _percent(one.rate_bp))
        _period(tree, document)
        due = document.gross_cents - document.paid_cents
        with tree.inside("ram:SpecifiedTradePaymentTerms"):
            if due:
                when = "à réception" if document.period else "à la remise de la commande"
                tree.add("ram:Description", f"Paiement {when}")
            tree.add_date("ram:DueDateDateTime", document.paid_on or document.issued_on)
        with tree.inside("ram:SpecifiedTradeSettlementHeaderMonetarySummation"):
            tree.add("ram:LineTotalAmount", _euros(document.net_cents))
            tree.add("ram:TaxBasisTotalAmount", _euros(document.net_cents))
            tree.add("ram:TaxTotalAmount", _euros(document.tax_cents), currencyID="EUR")
            tree.add("ram:GrandTotalAmount", _euros(document.gross_cents))
            if document.paid_cents:
                tree.add("ram:TotalPrepaidAmount", _euros(document.paid_cents))
            tree.add("ram:DuePayableAmount", _euros(due))
        if document.original_number:
            with tree.inside("ram:InvoiceReferencedDocument"):
                tree.add("ram:IssuerAssignedID", document.original_number)
                if document.original_on is not None:
                    tree.add_date("ram:FormattedIssueDateTime", document.original_on, kind="qdt")


def _notes(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    """Yield the notes with the code of their subject (UNTDID 4451)."""
    if document.mandate_mention:
        yield "REG", document.mandate_mention
    if document.is_franchise:
        yield "TXD", FRANCHISE_MENTION
    if document.is_on_debits:
        yield "TXD", DEBITS_MENTION
    if document.buyer.siren:
        yield from BUSINESS_MENTIONS


def _process(document: InvoiceDocument) -> str:
    is_paid = document.paid_cents == document.gross_cents
    return PROCESSES[document.goods_kind] + (ALREADY_PAID if is_paid else TO_BE_PAID)


def _category(rate_bp: int) -> str:
    return "S" if rate_bp else "E"


def _exemption(document: InvoiceDocument) -> str:
    return FRANCHISE_MENTION if document.is_franchise else "Exonération de TVA"


def _percent(rate_bp: int) -> str:
    return f"{Decimal(rate_bp) / 100:.2f}"


def _euros(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _legible(text: str) -> str:
    """Return the text without the control characters that XML 1.0 has no way to write."""
    return "".join(one for one in text if one.isprintable() or one in "\n\t\u00a0\u202f")


def _qualified(tag: str) -> str:
    prefix, _colon, name = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{name}"
