"""Faces whose addresses are read when the first of them is asked for, or written into a page.

A face brings its views, and these bring the libraries they work with. A worker that never serves the
operator's console does without them.

Threads may ask for the first page of a face at the same moment. One of them reads; the others wait
until the addresses are known by name too, so that nobody is given an answer in between.
"""

from __future__ import annotations

import threading
from typing import Any

from django.urls import URLResolver, clear_url_caches
from django.urls.resolvers import RoutePattern
from django.utils.datastructures import MultiValueDict
from typing_extensions import override

_reading = (
    threading.RLock()
)  # one for all: a face reads the one beside it without waiting for anybody


class LateFace(URLResolver):
    """Addresses below a path, read late.

    Args:
        route: the path they stand below.
        name: the module that lists them, dotted.
        app_name: the one of that module. Without it `reverse` knows the names only once they are
            read, which another face that stands ``beside`` them sees to.
        beside: a face that is read at the same moment.
    """

    def __init__(
        self, route: str, name: str, app_name: str | None = None, beside: LateFace | None = None
    ) -> None:
        pattern = RoutePattern(route, is_endpoint=False)
        super().__init__(pattern, name, app_name=app_name, namespace=app_name)
        self._beside = beside
        self._patterns: Any = None
        self._is_known = False

    @property
    def is_read(self) -> bool:
        """Whether the module has been read, and its names count."""
        return self._patterns is not None

    @override
    @property
    def url_patterns(self) -> Any:
        """Read the module, and have Django work out again what it had without these names.

        The order matters: the names count before Django forgets what it had, else another thread
        works it out once more without them, for good; and nobody comes past here before Django forgot.
        """
        if not self._is_known:
            with _reading:
                if not self._is_known:
                    found = super().url_patterns
                    if self._beside is not None:
                        list(self._beside.url_patterns)
                    self._patterns = found
                    clear_url_caches()
                    self._is_known = True
        return self._patterns

    @override
    def _populate(self) -> None:
        if self.is_read:
            super()._populate()

    @override
    @property
    def reverse_dict(self) -> Any:
        """What stands under each name."""
        return super().reverse_dict if self.is_read else MultiValueDict()

    @override
    @property
    def namespace_dict(self) -> Any:
        """What stands under each prefix of names."""
        return super().namespace_dict if self.is_read else {}

    @override
    @property
    def app_dict(self) -> Any:
        """Which prefixes each application has."""
        return super().app_dict if self.is_read else {}
