"""Who may open the console: whoever holds a role in a portal, and nobody by a group."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from typing_extensions import override

from chalandise.accounts.models import User
from chalandise.portals.models import StaffMember

OPEN_CONSOLE = "wagtailadmin.access_admin"


class PortalStaffBackend(BaseBackend):
    """Answers Wagtail's one question, « may this person open the admin? », from portal roles.

    It signs nobody in and grants nothing else: what a person may do inside is decided by
    `chalandise.console.desk` for the portal they work for.
    """

    @override
    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return (
            perm == OPEN_CONSOLE
            and isinstance(user_obj, User)
            and user_obj.is_active
            and holds_a_role(user_obj)
        )


def holds_a_role(user: User) -> bool:
    """Tell whether a person is staff of any portal; one query, remembered on the instance."""
    known: bool | None = getattr(user, "_holds_a_role", None)
    if known is None:
        known = StaffMember.objects.filter(user=user).exists()
        user._holds_a_role = known  # type: ignore[attr-defined] # a memo, not a field
    return known
