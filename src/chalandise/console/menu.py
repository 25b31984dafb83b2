"""The menu: what each role sees, in the order of a morning's work."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from chalandise.console.desk import find_desk
from chalandise.portals.policies import ANY_ROLE, DESK_ROLES, WRITER_ROLES
from chalandise.portals.states import StaffRole

ADMINISTRATORS = frozenset({StaffRole.ADMINISTRATOR})


@dataclass(frozen=True)
class Subject:
    """One line of the menu."""

    route: str
    label: object
    icon: str
    roles: frozenset[StaffRole] = ANY_ROLE
    needs_root: bool = False


SUBJECTS = (
    Subject("home", _("Today"), "home"),
    Subject("establishments", _("Shops"), "pick", DESK_ROLES),
    Subject("claims", _("Claims"), "key", DESK_ROLES),
    Subject("matches", _("Doubtful pairs"), "copy", DESK_ROLES),
    Subject("reports", _("Error reports"), "warning", DESK_ROLES),
    Subject("complaints", _("Contested decisions"), "warning", DESK_ROLES),
    Subject("dsa", _("Report on moderation"), "doc-full", DESK_ROLES),
    Subject("orders", _("Orders"), "clipboard-list", DESK_ROLES),
    Subject("money", _("Money to look at"), "decimal", DESK_ROLES),
    Subject("recalls", _("Product recalls"), "warning", DESK_ROLES),
    Subject("taxes", _("Declaration of sellers"), "doc-full", DESK_ROLES),
    Subject("epr", _("Producers’ identifiers"), "tag", DESK_ROLES),
    Subject("points", _("Shared pickup points"), "crosshairs", DESK_ROLES),
    Subject("mails", _("E-mails given up"), "mail", DESK_ROLES),
    Subject("events", _("What could not be done"), "history", DESK_ROLES),
    Subject("imports", _("Imports"), "download", DESK_ROLES),
    Subject("selections", _("Selections"), "list-ul", WRITER_ROLES),
    Subject("portals", _("Portals"), "site", ADMINISTRATORS),
    Subject("categories", _("Categories"), "tag", ADMINISTRATORS, needs_root=True),
)


class SubjectItem(MenuItem):
    """A line shown to the roles it is for, addressed inside the portal that is asked for."""

    def __init__(self, subject: Subject, order: int) -> None:
        super().__init__(
            subject.label, "#", name=subject.route, icon_name=subject.icon, order=order
        )
        self.subject = subject

    @override
    def is_shown(self, request: HttpRequest) -> bool:
        desk = find_desk(request)
        if desk is None or not desk.may(self.subject.roles):
            return False
        return not self.subject.needs_root or desk.portal.parent_id is None

    @override
    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        return LinkMenuItem(
            self.name,
            str(self.label),
            reverse(f"console:{self.subject.route}"),
            icon_name=self.icon_name,
        )
