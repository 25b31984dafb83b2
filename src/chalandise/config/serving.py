"""What a server loads before its workers are forked, and what each of them does first.

What the first process has loaded, its workers share with it for as long as nobody writes there; only
what they load later do they have each to themselves.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation
from django.utils.module_loading import import_string

from chalandise.config.processes import follow_server

APPLICATION = "chalandise.config.wsgi.application"
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # <malloc.h> of the GNU C library


def load_application() -> Any:
    """Load the application and its addresses, and have the collector leave them alone."""
    spare_memory()
    application = import_string(APPLICATION)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            _names = get_resolver().reverse_dict
    gc.collect()
    gc.freeze()
    return application


def load_in_worker() -> Any:
    """Return the application, in a worker that ends with its server."""
    follow_server()
    return import_string(APPLICATION)


def spare_memory() -> None:
    """Have threads share two heaps, and give back to the system what big answers leave behind.

    Each thread would have a heap of its own, and large blocks raise the size from which memory is
    given back.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, 256 * 1024)
        libc.mallopt(_M_TRIM_THRESHOLD, 512 * 1024)
