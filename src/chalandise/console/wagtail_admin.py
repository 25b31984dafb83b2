"""Wagtail's admin without what only editors of its pages need, until the console is opened.

Here the admin is a shell around pages of ours (see `gate`), and most workers never serve the
console: panels, comparisons of revisions and an HTML parser would wait for nobody in each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from typing_extensions import override
from wagtail.admin.apps import WagtailAdminAppConfig

GIVEN = ("base_form_class", "get_edit_handler")  # what the admin gives Wagtail's pages at the start


class LateWagtailAdmin(WagtailAdminAppConfig):
    """The application `wagtail.admin`, made ready by the first who needs it."""

    @override
    def ready(self) -> None:
        """Wait; Wagtail's checks ask its pages for what the admin gives them, and find it then."""
        page = apps.get_model("wagtailcore", "Page")
        for name in GIVEN:
            setattr(page, name, _Awaited(name, self.make_ready))

    def make_ready(self) -> None:
        """Do what Wagtail does at the start."""
        super().ready()


class _Awaited:
    """A name of a class that somebody gives it when it is asked for."""

    def __init__(self, name: str, give: Callable[[], None]) -> None:
        self._name = name
        self._give = give

    def __get__(self, instance: object, kind: Any) -> Any:
        self._give()
        return getattr(kind, self._name)
