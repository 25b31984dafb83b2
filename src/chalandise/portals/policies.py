"""Who may do what in a portal: roles hold downwards, never upwards."""

from __future__ import annotations

from django.db.models import Q

from chalandise.accounts.models import User
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.sorting import by_name
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.queries import lineage, list_descendant_ids
from chalandise.portals.states import StaffRole

ANY_ROLE = frozenset(StaffRole)
DESK_ROLES = frozenset({StaffRole.ADMINISTRATOR, StaffRole.AGENT})
WRITER_ROLES = frozenset({StaffRole.ADMINISTRATOR, StaffRole.EDITOR})


def roles_in(user: User, portal: Portal) -> frozenset[StaffRole]:
    """Return the roles a person holds in a portal, from it or from any portal above it."""
    if not user.is_active:
        return frozenset()
    if user.is_superuser:
        return ANY_ROLE
    portals = [one.pk for one in lineage(portal)]
    held = StaffMember.objects.filter(user=user, portal_id__in=portals)
    return frozenset(StaffRole(role) for role in held.values_list("role", flat=True))


def has_role(user: User, portal: Portal, roles: frozenset[StaffRole] = ANY_ROLE) -> bool:
    """Tell whether a person holds one of ``roles`` in a portal."""
    return bool(roles_in(user, portal) & roles)


def require_role(user: User, portal: Portal, roles: frozenset[StaffRole] = ANY_ROLE) -> None:
    """Let pass who holds one of ``roles``; a stranger learns nothing.

    Raises:
        NotFoundError: the person holds none.
    """
    if not has_role(user, portal, roles):
        raise NotFoundError


def administers_every_root(user: User) -> bool:
    """Tell whether a person administers each portal without parent: what all share is theirs."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    own = StaffMember.objects.filter(user=user, role=StaffRole.ADMINISTRATOR)
    others = Portal.objects.filter(parent=None).exclude(pk__in=own.values("portal"))
    return not others.exists()


def portals_of(user: User, roles: frozenset[StaffRole] = ANY_ROLE) -> list[Portal]:
    """Return every portal in which a person holds one of ``roles``, those below included."""
    if user.is_superuser and user.is_active:
        return by_name(Portal.objects.all())
    if not user.is_active:
        return []
    own = Portal.objects.filter(
        Q(staff__user=user, staff__role__in=[str(role) for role in roles])
    ).distinct()
    found: set[int] = set()
    for portal in own:
        found.update(list_descendant_ids(portal))
    return by_name(Portal.objects.filter(pk__in=found))


def people_of(portal: Portal, roles: frozenset[StaffRole] = ANY_ROLE) -> list[User]:
    """Return who holds one of ``roles`` in the portal itself, each once, by name."""
    return list(
        User.objects.filter(
            is_active=True,
            portal_roles__portal=portal,
            portal_roles__role__in=[str(role) for role in roles],
        )
        .distinct()
        .order_by("email")
    )


def people_for(portal: Portal, roles: frozenset[StaffRole] = ANY_ROLE) -> list[User]:
    """Return who answers for a portal: its own people, else those of the nearest portal above."""
    return next((people for one in lineage(portal) if (people := people_of(one, roles))), [])
