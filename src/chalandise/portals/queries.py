"""Reads about portals: which one answers, what it covers, what it shows of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import get_script_prefix, reverse

from chalandise.kernel.sorting import by_name
from chalandise.portals.errors import UnknownHostError
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory

DEFAULT_BRAND = "#1E5B45"
_INHERITED = (
    "tagline",
    "brand_colour",
    "hotline",
    "hotline_hours",
    "operator_name",
    "operator_address",
    "operator_email",
    "operator_siren",
    "operator_vat_number",
    "publication_director",
    "legal_notice",
    "accessibility_level",
)


@dataclass(frozen=True)
class GuaranteeNotice:
    """The harmonised notice on the legal guarantee, unchanged: its file, size and link."""

    url: str
    width: int
    height: int
    link: str


@dataclass(frozen=True)
class Identity:
    """How a portal presents itself, blanks filled from its parents."""

    name: str
    tagline: str
    brand_colour: str
    logo_url: str
    hotline: str
    hotline_hours: str
    operator_name: str
    operator_address: str
    operator_email: str
    operator_siren: str
    operator_vat_number: str
    publication_director: str
    legal_notice: str
    accessibility_level: str
    notice: GuaranteeNotice | None = None


def lineage(portal: Portal) -> list[Portal]:
    """Return the portal, its parent, and so on up to the root; one query a level."""
    line = [portal]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    return line


def identity_of(portal: Portal) -> Identity:
    """Return what the portal shows of itself, each blank taken from the nearest parent."""
    line = lineage(portal)
    values = {
        field: next((getattr(one, field) for one in line if getattr(one, field)), "")
        for field in _INHERITED
    }
    values["brand_colour"] = values["brand_colour"] or DEFAULT_BRAND
    logo = next((one.logo.url for one in line if one.logo), "")
    noticed = next((one for one in line if one.guarantee_notice), None)
    return Identity(
        name=portal.name,
        logo_url=logo,
        notice=_notice_of(noticed) if noticed else None,
        **values,
    )


def _notice_of(portal: Portal) -> GuaranteeNotice:
    return GuaranteeNotice(
        url=portal.guarantee_notice.url,
        width=portal.guarantee_notice_width or 0,
        height=portal.guarantee_notice_height or 0,
        link=portal.guarantee_notice_link,
    )


def scope_keys(portal: Portal) -> list[str]:
    """Return the keys of the portal's territories; one query, remembered on the instance."""
    cached: list[str] | None = getattr(portal, "_scope_keys", None)
    if cached is None:
        cached = list(portal.scope.order_by("key").values_list("key", flat=True))
        portal._scope_keys = cached  # type: ignore[attr-defined] # a memo, not a field
    return cached


def timezone_of(portal: Portal) -> str:
    """Return the time zone of the portal's first territory; one query, remembered on the instance."""
    cached: str | None = getattr(portal, "_timezone", None)
    if cached is None:
        first = portal.scope.order_by("key").first()
        cached = first.timezone if first else settings.TIME_ZONE
        portal._timezone = cached  # type: ignore[attr-defined] # a memo, not a field
    return cached


def covers(portal: Portal, territory_keys: Iterable[str]) -> bool:
    """Tell whether a place lies in the portal's scope.

    Args:
        portal: whose scope.
        territory_keys: the territories that the place lies in (`Territory.ancestor_keys`).
    """
    return not set(scope_keys(portal)).isdisjoint(territory_keys)


def scope_filter(portal: Portal, *, prefix: str) -> Q:
    """Return the condition that a row's commune lies in the portal's scope.

    Args:
        portal: whose scope.
        prefix: the path from the row to its commune, such as ``commune``; blank for `Territory`.
    """
    keys = scope_keys(portal)
    step = f"{prefix}__" if prefix else ""
    by_kind: dict[str, list[str]] = {}
    for key in keys:
        by_kind.setdefault(key.split("-", 1)[0], []).append(key)
    condition = Q(pk__in=[])
    for kind, some in by_kind.items():
        if kind in ("commune", "arrondissement"):
            condition |= Q(**{f"{prefix or 'key'}__in": some})
        if kind == "arrondissement":
            continue
        condition |= Q(**{f"{step}{kind}__in": some})
    return condition


def get_portal_for_host(host: str) -> Portal:
    """Return the open portal that answers at ``host`` (without port).

    Raises:
        UnknownHostError: none does.
    """
    portal = Portal.objects.open().filter(host=host.lower()).first()
    if portal is None:
        raise UnknownHostError(host)
    return portal


def find_descendant(root: Portal, slug: str) -> Portal | None:
    """Return the open portal ``slug`` if it is ``root`` or stands somewhere below it."""
    portal = Portal.objects.open().filter(slug=slug).first()
    if portal is None or root not in lineage(portal):
        return None
    return portal


def list_children(portal: Portal) -> list[Portal]:
    """Return the open sub-portals, by name."""
    return by_name(portal.children.filter(is_open=True))


def list_descendant_ids(portal: Portal) -> list[int]:
    """Return the identifiers of the portal and of every portal below it; one query a level."""
    found = [portal.pk]
    level = [portal.pk]
    while level:
        level = list(Portal.objects.filter(parent_id__in=level).values_list("pk", flat=True))
        found += level
    return found


def territories_of(portal: Portal) -> list[Territory]:
    """Return the territories of the portal's scope, by name."""
    return list(portal.scope.order_by("sort_key"))


def base_address(portal: Portal) -> str:
    """Return the address a portal answers at, without trailing slash.

    It comes from the portal's own host, never from a request (OWASP: host header attacks).
    """
    line = lineage(portal)
    owner = next((one for one in line if one.host), line[-1])
    base = settings.PUBLIC_URL
    if owner.host:
        scheme, _separator, rest = settings.PUBLIC_URL.partition("://")
        public_host, _separator, port = rest.partition(":")
        is_same = owner.host == public_host
        base = f"{scheme}://{owner.host}{':' + port if port and is_same else ''}"
    return base if owner.pk == portal.pk else f"{base}/t/{portal.slug}"


def link_to(portal: Portal, name: str, *args: object) -> str:
    """Return the absolute address of a named page inside a portal, for e-mails and prints."""
    path = reverse(name, args=[str(arg) for arg in args])
    prefix = get_script_prefix()
    if prefix != "/" and path.startswith(prefix):
        path = "/" + path[len(prefix) :]
    return base_address(portal) + path
