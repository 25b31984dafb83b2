"""Writing portals: open one, open its sub-portals, give roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from chalandise.accounts.models import User
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.portals.addresses import read_host, read_name, read_slug
from chalandise.portals.appearance import read_colour
from chalandise.portals.errors import (
    HostRefusedError,
    NotARootError,
    ScopeOutsideParentError,
    SlugRefusedError,
)
from chalandise.portals.events import PortalChanged
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.queries import list_descendant_ids
from chalandise.portals.states import StaffRole
from chalandise.territories.models import Territory
from chalandise.territories.states import Kind

MOST_COMMISSION_BP = 3000


@transaction.atomic
def open_portal(
    name: str,
    *,
    scope: Sequence[Territory],
    by: Actor,
    at: datetime,
    parent: Portal | None = None,
    slug: str = "",
    host: str | None = None,
    **fields: str | None,
) -> Portal:
    """Open a portal on some territories.

    Args:
        name: what visitors read.
        scope: the territories it covers.
        by: who opens it.
        at: when.
        parent: the portal it stands below, if any.
        slug: its address; a free one is made from the name when blank.
        host: the host name it answers at, if it has one of its own.
        fields: any other field of `Portal` (``hotline``, ``brand_colour``…).

    Raises:
        NameRefusedError: the name is blank or too long.
        SlugRefusedError: no portal may have this address, or another has it.
        HostRefusedError: no portal may have this host name, or another has it.
        ColourRefusedError: the colour is not written like one.
        LowContrastError: the colour cannot be read.
        ScopeOutsideParentError: a territory lies outside the parent's scope.
    """
    fields["brand_colour"] = read_colour(fields.get("brand_colour") or "")
    name, wanted_slug, wanted_host = read_name(name), read_slug(slug), read_host(host or "")
    if parent is not None:
        _require_inside(scope, parent)
    portal = Portal(
        name=name,
        parent=parent,
        slug=wanted_slug or _free_slug(slugify(name)),
        host=wanted_host,
        commission_bp=parent.commission_bp if parent is not None else 0,
        **fields,
    )
    try:
        with transaction.atomic():
            portal.save(force_insert=True)
    except IntegrityError as error:
        if wanted_host and Portal.objects.filter(host=wanted_host).exists():
            raise HostRefusedError(wanted_host, "taken") from error
        if Portal.objects.filter(slug=portal.slug).exists():
            raise SlugRefusedError(portal.slug, "taken") from error
        raise
    portal.scope.set(scope)
    record(portal, "opened", by=by, at=at, detail={"scope": [t.key for t in scope]})
    emit(PortalChanged(portal_id=portal.pk), at=at)
    return portal


@transaction.atomic
def open_intercommunalities(parent: Portal, *, by: Actor, at: datetime) -> list[Portal]:
    """Open a sub-portal for each intercommunality that has communes in the parent's scope.

    Where an intercommunality reaches beyond the parent, the sub-portal covers the communes inside.
    Those already open are left as they are.
    """
    communes = Territory.objects.communes().within([t.key for t in parent.scope.all()])
    inside: dict[str, list[Territory]] = {}
    for commune in communes.filter(epci__isnull=False).select_related("epci"):
        inside.setdefault(str(commune.epci_id), []).append(commune)
    whole = {
        epci.key: epci for epci in Territory.objects.filter(key__in=inside).order_by("sort_key")
    }
    taken = set(parent.children.filter(scope__kind="epci").values_list("scope__key", flat=True))
    opened = []
    for key, epci in whole.items():
        if key in taken or parent.children.filter(name=epci.short_name).exists():
            continue
        size = Territory.objects.communes().filter(epci=epci).count()
        scope = [epci] if size == len(inside[key]) else inside[key]
        opened.append(open_portal(epci.short_name, scope=scope, parent=parent, by=by, at=at))
    return opened


@transaction.atomic
def change_portal(portal: Portal, *, by: Actor, at: datetime, **fields: object) -> None:
    """Change fields of a portal and announce it.

    Raises:
        NameRefusedError: the new name is blank or too long.
        ColourRefusedError: the new colour is not written like one.
        LowContrastError: the new colour cannot be read.
    """
    if "name" in fields:
        fields["name"] = read_name(str(fields["name"]))
    if "brand_colour" in fields:
        fields["brand_colour"] = read_colour(str(fields["brand_colour"] or ""))
    before = {name: str(getattr(portal, name)) for name in fields}
    for name, value in fields.items():
        setattr(portal, name, value)
    portal.save(update_fields=[*_written_with(fields), "updated_at"])
    record(portal, "changed", by=by, at=at, detail={"before": before})
    emit(PortalChanged(portal_id=portal.pk), at=at)


def require_commission(portal: Portal, commission_bp: int) -> None:
    """Refuse a commission that a portal cannot have; it is the operator's, so a root's.

    Raises:
        NotARootError: the portal stands below another.
        ValueError: less than nothing, or more than `MOST_COMMISSION_BP`.
    """
    if portal.parent_id is not None:
        raise NotARootError(portal.slug)
    if not 0 <= commission_bp <= MOST_COMMISSION_BP:
        raise ValueError(commission_bp)


@transaction.atomic
def set_commission(portal: Portal, commission_bp: int, *, by: Actor, at: datetime) -> None:
    """Set what the operator takes of each sale, for orders placed from now on.

    It is the operator's, so a root's, and is copied to every portal below it: an order then reads
    it from the portal it is placed at.

    Raises:
        NotARootError: the portal stands below another.
        ValueError: less than nothing, or more than `MOST_COMMISSION_BP`.
    """
    require_commission(portal, commission_bp)
    was = portal.commission_bp
    ids = list_descendant_ids(portal)
    Portal.objects.filter(pk__in=ids).update(commission_bp=commission_bp, updated_at=at)
    portal.commission_bp = commission_bp
    detail = {"before": {"commission_bp": was}, "after": {"commission_bp": commission_bp}}
    record(portal, "commission_set", by=by, at=at, detail=detail)
    emit(PortalChanged(portal_id=portal.pk), at=at)


@transaction.atomic
def move_to_host(portal: Portal, host: str, *, by: Actor, at: datetime) -> None:
    """Let a portal answer at a host name of its own, or below its parent again when blank.

    Every process knows it within a second, from the event.

    Raises:
        HostRefusedError: no portal may have this name, or another has it.
    """
    wanted = read_host(host)
    if wanted == portal.host:
        return
    before, portal.host = portal.host, wanted
    try:
        with transaction.atomic():
            portal.save(update_fields=["host", "updated_at"])
    except IntegrityError as error:
        portal.host = before
        raise HostRefusedError(str(wanted), "taken") from error
    detail = {"before": before or "", "after": wanted or ""}
    record(portal, "moved_to_host", by=by, at=at, detail=detail)
    emit(PortalChanged(portal_id=portal.pk), at=at)


@transaction.atomic
def appoint(user: User, portal: Portal, role: StaffRole, *, by: Actor, at: datetime) -> StaffMember:
    """Give a person a role in a portal and in every portal below it."""
    member, is_new = StaffMember.objects.get_or_create(user=user, portal=portal, role=role)
    if is_new:
        record(portal, "appointed", by=by, at=at, detail={"user": user.pk, "role": str(role)})
    return member


@transaction.atomic
def dismiss(member: StaffMember, *, by: Actor, at: datetime) -> None:
    """Take a role back."""
    detail = {"user": member.user_id, "role": str(member.role)}
    record(member.portal, "dismissed", by=by, at=at, detail=detail)
    member.delete()


@transaction.atomic
def change_scope(portal: Portal, scope: Sequence[Territory], *, by: Actor, at: datetime) -> None:
    """Let a portal cover other territories, still within its parent and around its children.

    Raises:
        ScopeOutsideParentError: it would leave its parent, or a child would leave it.
    """
    if portal.parent is not None:
        _require_inside(scope, portal.parent)
    before = [t.key for t in portal.scope.all()]
    portal.scope.set(scope)
    for child in portal.children.order_by("pk"):
        _require_inside(list(child.scope.all()), portal)
    record(portal, "rescoped", by=by, at=at, detail={"before": before})
    emit(PortalChanged(portal_id=portal.pk), at=at)


@transaction.atomic
def widen_to_merged_communes(
    successors: Mapping[Territory, Territory], *, by: Actor, at: datetime
) -> list[Portal]:
    """Let portals that cover a merged commune cover the one it is part of; again changes nothing."""
    widened: dict[int, Portal] = {}
    for old, new in successors.items():
        for portal in Portal.objects.filter(scope=old).order_by("pk"):
            portal.scope.remove(old)
            portal.scope.add(new)
            detail = {"before": [old.key], "after": [new.key]}
            record(portal, "rescoped", by=by, at=at, detail=detail)
            emit(PortalChanged(portal_id=portal.pk), at=at)
            widened[portal.pk] = portal
    return list(widened.values())


def _require_inside(scope: Sequence[Territory], parent: Portal) -> None:
    places = Territory.objects.of_kind(Kind.COMMUNE, Kind.ARRONDISSEMENT)
    asked = set(places.within([t.key for t in scope]).values_list("key", flat=True))
    allowed = places.within([t.key for t in parent.scope.all()])
    outside = asked - set(allowed.values_list("key", flat=True))
    if outside:
        raise ScopeOutsideParentError(sorted(outside))


def _written_with(names: Iterable[str]) -> list[str]:
    """Return fields with those that follow them: what somebody else writes meanwhile stays theirs."""
    found = [*names]
    if "guarantee_notice" in found:
        found += ["guarantee_notice_width", "guarantee_notice_height"]
    return found


def _free_slug(wanted: str) -> str:
    base = wanted[:70].replace("_", "-").strip("-") or "portail"
    taken = set(Portal.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
