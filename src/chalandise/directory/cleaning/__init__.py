"""Cleaning of facts as they come: one module per kind of fact, pure Python.

Every cleaner takes the text found in a register, a file or a form and returns a
[`Cleaned`][chalandise.directory.cleaning.results.Cleaned]: the value to keep (empty when nothing
can be kept) and notes that say what was repaired, set aside or refused, with the original text.
Nothing is lost, and nothing is guessed in silence.
"""

from chalandise.directory.cleaning.addresses import (
    Address,
    clean_address_line,
    join_street_parts,
    split_address,
)
from chalandise.directory.cleaning.casing import readable_case
from chalandise.directory.cleaning.emails import clean_email
from chalandise.directory.cleaning.identifiers import BusinessNumber, clean_business_number
from chalandise.directory.cleaning.names import NAME_MAX_LENGTH, clean_name
from chalandise.directory.cleaning.phones import Phones, clean_phones
from chalandise.directory.cleaning.postal_codes import (
    clean_postal_code,
    departement_of_postal_code,
    phone_region_of_postal_code,
)
from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import is_blank, plain_text, visible_line
from chalandise.directory.cleaning.websites import clean_website

__all__ = [
    "NAME_MAX_LENGTH",
    "Address",
    "BusinessNumber",
    "Cleaned",
    "Note",
    "Phones",
    "Remark",
    "clean_address_line",
    "clean_business_number",
    "clean_email",
    "clean_name",
    "clean_phones",
    "clean_postal_code",
    "clean_website",
    "departement_of_postal_code",
    "is_blank",
    "join_street_parts",
    "phone_region_of_postal_code",
    "plain_text",
    "readable_case",
    "split_address",
    "visible_line",
]
