"""Our words in Wagtail's shell: its menu is ours, its own entries stay out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from typing_extensions import override
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.api.v2.router import WagtailAPIRouter

from chalandise.console.desk import find_desk
from chalandise.console.menu import SUBJECTS, SubjectItem
from chalandise.portals.policies import DESK_ROLES

_ITEMS = [SubjectItem(subject, order) for order, subject in enumerate(SUBJECTS)]


class ShopSearch(SearchArea):
    """The search box of the side bar: by name, telephone or SIRET."""

    def __init__(self) -> None:
        super().__init__(_("Shops"), reverse_lazy("console:establishments"), name="shops", order=0)

    @property
    def url(self) -> str:
        """The address inside the portal that is asked for."""
        return str(self._url)

    @url.setter
    def url(self, value: Any) -> None:
        self._url = value

    @override
    def is_shown(self, request: HttpRequest) -> bool:
        desk = find_desk(request)
        return desk is not None and desk.may(DESK_ROLES)


@hooks.register("construct_main_menu", order=1000)
def keep_our_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Replace every entry by ours."""
    items[:] = [item for item in _ITEMS if item.is_shown(request)]


@hooks.register("register_admin_search_area")
def search_shops() -> ShopSearch:
    """Let the box of the side bar look for shops."""
    return ShopSearch()


class _Nowhere:
    """An address that the shell tells its scripts, where Wagtail without images has nothing."""

    model = ()

    @staticmethod
    def get_urlpatterns() -> list[URLPattern]:
        return [path("", _nothing, name="listing")]


def _nothing(_request: HttpRequest) -> HttpResponseBase:
    raise Http404


@hooks.register("construct_admin_api")
def name_addresses_of_files(router: WagtailAPIRouter) -> None:
    """Give names to the addresses of images and documents, which this platform keeps itself."""
    for name in ("images", "documents"):
        router.register_endpoint(name, _Nowhere)
