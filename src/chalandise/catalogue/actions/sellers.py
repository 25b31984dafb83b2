"""Who sells: the profile that customers are shown, and the mandate to write invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from chalandise.catalogue.actions.locking import lock_profile
from chalandise.catalogue.actions.sole_traders import write_sole_trader
from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.events import ProductChanged, SellerChanged
from chalandise.catalogue.hygiene import read_approval
from chalandise.catalogue.models import MandateAcceptance, Product, SellerProfile
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.sheets import LONGEST_TEXT, is_idu
from chalandise.catalogue.states import ProductState
from chalandise.directory.rich_text import clean_html
from chalandise.journal.actions import emit, emit_all, record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation

CLOSED_PLATFORM = "ec.europa.eu/consumers/odr"
"""The Union's platform for disputes closed on 20 July 2025; its address misleads customers."""

LONGEST_TERMS = 60_000
_TEXTS = frozenset(
    {
        "legal_name",
        "legal_form",
        "address",
        "email",
        "phone",
        "siren",
        "siret",
        "vat_number",
        "vat_regime",
        "mediator_name",
        "mediator_address",
        "mediator_url",
        "alcohol_licence",
    }
)
_FLAGS = frozenset({"may_sell_alcohol", "is_selling"})


@transaction.atomic
def save_seller_profile(
    organisation: Organisation, changes: Mapping[str, object], *, by: Actor, at: datetime
) -> SellerProfile:
    """Write what a seller says of itself, only what ``changes`` names.

    Args:
        organisation: who sells.
        changes: fields of the profile; ``terms_html`` makes a new version where it differs,
            ``epr_ids`` maps streams to identifiers, ``sole_trader`` says who trades in their own name,
            or ``None`` for a company.
        by: who writes.
        at: when.

    Raises:
        BadFieldError: a field cannot take its value; nothing is changed.
    """
    SellerProfile.objects.bulk_create(
        [SellerProfile(organisation=organisation)], ignore_conflicts=True
    )
    profile = lock_profile(organisation)
    for field, value in changes.items():
        _set(profile, field, value, at=at)
    profile.updated_at = at
    try:
        profile.clean_fields(exclude=["organisation"])
    except ValidationError as refused:
        field, errors = next(iter(refused.error_dict.items()))
        raise BadFieldError(field, str(errors[0].code or "unknown_value")) from None
    _check_numbers(profile)
    profile.save()
    record(organisation, "seller_profile_changed", by=by, at=at, detail={"fields": sorted(changes)})
    emit(SellerChanged(organisation.pk), at=at)
    _announce(organisation, at=at)
    return profile


@transaction.atomic
def hold_seller(organisation: Organisation, *, reason: str, by: Actor, at: datetime) -> bool:
    """Take no new order for a seller; what is ordered already goes on. Again changes nothing."""
    free = SellerProfile.objects.filter(organisation=organisation, held_at=None)
    if not free.update(held_at=at, held_for=reason):
        return False
    record(organisation, "seller_held", by=by, at=at, detail={"reason": reason})
    _announce(organisation, at=at)
    return True


@transaction.atomic
def release_seller(organisation: Organisation, *, reason: str, by: Actor, at: datetime) -> bool:
    """Take orders again for a seller held for this reason; of another reason nothing changes."""
    held = SellerProfile.objects.filter(organisation=organisation, held_for=reason)
    if not held.exclude(held_at=None).update(held_at=None, held_for=""):
        return False
    record(organisation, "seller_released", by=by, at=at, detail={"reason": reason})
    _announce(organisation, at=at)
    return True


@transaction.atomic
def accept_mandate(organisation: Organisation, *, by: Actor, at: datetime) -> MandateAcceptance:
    """Accept that invoices are written in the seller's name; again changes nothing."""
    accepted, is_new = MandateAcceptance.objects.get_or_create(
        organisation=organisation,
        text_version=MANDATE_VERSION,
        defaults={"accepted_at": at, "accepted_by": by.label[:200]},
    )
    if is_new:
        detail = {"version": MANDATE_VERSION}
        record(organisation, "mandate_accepted", by=by, at=at, detail=detail)
        _announce(organisation, at=at)
    return accepted


def _set(profile: SellerProfile, field: str, value: object, *, at: datetime) -> None:
    if field in _TEXTS:
        setattr(profile, field, str(value or "").replace("\x00", "").strip())
    elif field in _FLAGS:
        setattr(profile, field, bool(value))
    elif field == "sanitary_approval":
        try:
            profile.sanitary_approval = read_approval(str(value or ""))
        except ValueError:
            raise BadFieldError(field, "bad_approval") from None
    elif field == "hygiene_declared_on" and (value is None or isinstance(value, date)):
        profile.hygiene_declared_on = value
    elif field == "sole_trader":
        write_sole_trader(profile, value, at=at)
    elif field == "terms_html":
        _set_terms(profile, str(value or ""), at=at)
    elif field == "epr_ids" and isinstance(value, Mapping):
        profile.epr_ids = _identifiers(value)
    else:
        raise BadFieldError(field, "unknown_value")


def _set_terms(profile: SellerProfile, text: str, *, at: datetime) -> None:
    if len(text) > LONGEST_TERMS:
        raise BadFieldError("terms_html", "too_long")
    if CLOSED_PLATFORM in text.lower():
        raise BadFieldError("terms_html", "closed_platform")
    terms = clean_html(text) if text.strip() else ""
    if not terms and profile.terms_version:
        raise BadFieldError("terms_html", "missing")  # customers bought under some terms
    if terms != profile.terms_html:
        profile.terms_html = terms
        # A version is never used twice, so that an order can name the terms it was made under.
        profile.terms_version = profile.terms_version + 1
        profile.terms_changed_at = at


def _identifiers(given: Mapping[object, object]) -> dict[str, str]:
    found = {str(stream): str(text).strip() for stream, text in given.items() if str(text).strip()}
    for stream, text in found.items():
        if not is_idu(text) or len(text) > LONGEST_TEXT:
            raise BadFieldError(f"idu:{stream}", "unknown_value")
    return found


def _check_numbers(profile: SellerProfile) -> None:
    if profile.siret and not (profile.siret.isdecimal() and len(profile.siret) == 14):
        raise BadFieldError("siret", "unknown_value")
    if profile.siret and not profile.siren:
        profile.siren = profile.siret[:9]
    if profile.siren and not (profile.siren.isdecimal() and len(profile.siren) == 9):
        raise BadFieldError("siren", "unknown_value")


def _announce(organisation: Organisation, *, at: datetime) -> None:
    """Tell of every product on the shelf: whether it may be ordered has perhaps changed."""
    shown = Product.objects.of(organisation).filter(state=ProductState.PUBLISHED)
    ids = shown.order_by("pk").values_list("pk", flat=True)
    emit_all([ProductChanged(pk) for pk in ids], at=at)
