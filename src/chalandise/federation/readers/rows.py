"""One row of a table, understood with a mapping of fields to columns."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping

from chalandise.directory.classification import (
    FALLBACK_CATEGORY,
    Classification,
    category_for_label,
    category_for_naf,
    classification,
    normalise_naf,
)
from chalandise.directory.cleaning import (
    Address,
    clean_address_line,
    clean_business_number,
    clean_email,
    clean_name,
    clean_phones,
    clean_postal_code,
    clean_website,
    is_blank,
    phone_region_of_postal_code,
    plain_text,
    readable_case,
    split_address,
)
from chalandise.federation.readers.positions import read_pair, sane_position, to_degrees
from chalandise.federation.readers.records import (
    Facts,
    ProblemList,
    RawRecord,
    RecordKind,
    Refusal,
)
from chalandise.kernel.text import fold

_Cell = Callable[[str], str]
_YES = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "x", "ok"})
_SERVICE_WORDS = (
    ("pickup", re.compile(r"retrait|click|collect|drive|a retirer")),
    ("delivery", re.compile(r"livr|domicile|portage|coursier")),
    ("takeaway", re.compile(r"emporter|take ?away")),
    ("phone_order", re.compile(r"telephone|par tel")),
    ("online_order", re.compile(r"en ligne|sur internet|e-?commerce|site web")),
    ("reservation", re.compile(r"reserv|mise de cote")),
    ("dine_in", re.compile(r"sur place|en salle")),
    ("home_visit", re.compile(r"se deplace|a votre domicile")),
)
_DAYS = {"lundi": "Mo", "mardi": "Tu", "mercredi": "We", "jeudi": "Th", "vendredi": "Fr",
         "samedi": "Sa", "dimanche": "Su"}  # fmt: skip


def understand_row(
    row: Mapping[str, str],
    line: int,
    mapping: Mapping[str, str],
    defaults: Mapping[str, str],
    tree: Classification | None = None,
) -> RawRecord:
    """Turn one row into a record; a row without a name is refused, and kept as found.

    Its trade is looked up in ``tree``, in the shipped classification without one.
    """

    def cell(field: str) -> str:
        value = row.get(mapping.get(field, ""), "")
        return defaults.get(field, "") if is_blank(value) else str(value)

    problems = ProblemList()
    name = problems.take("name", clean_name(cell("name")))
    raw = {key: value for key, value in row.items() if value}
    if not name:
        siret = clean_business_number(cell("siret")).value.siret
        own = _own_id(cell("id"), siret)
        return RawRecord(own, line, RecordKind.REFUSED, raw, refusal=Refusal.NO_NAME)
    facts = _facts(cell, name, problems, tree or classification())
    own = _own_id(cell("id"), facts.siret)
    return RawRecord(
        own or _reckoned_id(facts),
        line,
        raw=raw,
        facts=facts,
        problems=problems.freeze(),
        has_own_id=bool(own),
    )


def _own_id(given: str, siret: str) -> str:
    """Return the file's own identifier, else the SIRET."""
    return siret if is_blank(given) else given.strip()[:150]


def _reckoned_id(facts: Facts) -> str:
    """Return a digest of name and place, for a row that nothing else names."""
    place = facts.street or f"{facts.latitude},{facts.longitude}"
    identity = "|".join((fold(facts.name), facts.postal_code, fold(facts.city), fold(place)))
    return hashlib.blake2b(identity.encode(), digest_size=12).hexdigest()


def _facts(cell: _Cell, name: str, problems: ProblemList, tree: Classification) -> Facts:
    number = problems.take("siret", clean_business_number(cell("siret")))
    address = _address(cell, problems)
    phones = problems.take(
        "phone",
        clean_phones(
            " ; ".join(text for text in (cell("phone"), cell("mobile")) if not is_blank(text)),
            region=phone_region_of_postal_code(address.postal_code),
        ),
    )
    position = read_pair(cell("position")) or sane_position(
        to_degrees(cell("latitude") or None), to_degrees(cell("longitude") or None)
    )
    activity = normalise_naf(cell("activity_code"))
    hours = cell("hours")
    return Facts(
        name=name,
        siret=number.siret,
        siren=number.siren,
        activity_code=activity if category_for_naf(activity, tree) else "",
        category_key=_category(cell("category"), activity, tree),
        street=address.street,
        complement=problems.take("complement", clean_address_line(cell("complement"))),
        postal_code=address.postal_code,
        city=address.city,
        commune_code=cell("commune_code").strip().upper().zfill(5)
        if not is_blank(cell("commune_code"))
        else "",
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        phone=phones.primary,
        other_phones=phones.others,
        email=problems.take("email", clean_email(cell("email"))),
        website=problems.take("website", clean_website(cell("website") or cell("social"))),
        order_url=problems.take("order_url", clean_website(cell("order_url"))),
        description=problems.take("description", plain_text(cell("description"))),
        services=_services(cell),
        labels=_labels(cell("labels")),
        hours=(("visit", _hours(hours)),) if not is_blank(hours) else (),
    )


def _address(cell: _Cell, problems: ProblemList) -> Address:
    """Put together what may be one column or five."""
    code = problems.take("postal_code", clean_postal_code(cell("postal_code")))
    city_text = problems.take("city", plain_text(cell("city")))
    city = readable_case(str(city_text), keep_short_acronyms=False).replace("'", "’")
    whole = " ".join(text for text in (cell("number"), cell("street")) if not is_blank(text))
    if not whole or (not is_blank(cell("address")) and not cell("street")):
        whole = cell("address")
    found = problems.take("street", split_address(whole))
    return Address(
        street=found.street, postal_code=code or found.postal_code, city=city or found.city
    )


def _category(label: str, activity: str, tree: Classification) -> str:
    if label in tree.by_key:
        return label
    found = category_for_label(label, tree) or category_for_naf(activity, tree)
    return found.key if found else FALLBACK_CATEGORY


def _services(cell: _Cell) -> tuple[str, ...]:
    text = fold(cell("services"))
    found = [service for service, pattern in _SERVICE_WORDS if text and pattern.search(text)]
    found += [field for field in ("delivery", "pickup") if fold(cell(field)).strip() in _YES]
    return tuple(dict.fromkeys(found))


def _labels(text: str) -> tuple[str, ...]:
    folded = fold(text)
    labels = []
    if folded in _YES or "fabrique" in folded:
        labels.append("made_here")
    if re.search(r"\bbio\b|biologique", folded):
        labels.append("organic")
    return tuple(labels)


def _hours(text: str) -> str:
    """Write the weekly JSON of public offices in OSM syntax; leave any other text as it is."""
    if not text.lstrip().startswith("[["):
        return text.strip()
    try:
        days = json.loads(text)
        rules = [
            f"{_DAYS[first]}-{_DAYS[last]} " if last not in ("", first) else f"{_DAYS[first]} "
            for first, last, _ in days
        ]
        spans = [
            ",".join(f"{start[:5]}-{end[:5]}" for start, end in intervals)
            for _, _, intervals in days
        ]
    except (ValueError, KeyError, TypeError):
        return text.strip()
    return "; ".join(rule + span for rule, span in zip(rules, spans, strict=True) if span)
