"""What is said to whoever asks for a portal that cannot be: the same in pages and on a terminal."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.kernel.errors import ChalandiseError
from chalandise.portals.addresses import LONGEST_NAME
from chalandise.portals.appearance import LEAST_CONTRAST
from chalandise.portals.errors import (
    ColourRefusedError,
    HostRefusedError,
    LowContrastError,
    NameRefusedError,
    ScopeOutsideParentError,
    SlugRefusedError,
)
from chalandise.territories.models import Territory

_NAMED = 5


def sentence_for(error: ChalandiseError) -> str:
    """Return what is wrong and how it is written right; one query for places outside a parent."""
    if isinstance(error, NameRefusedError):
        return _name(error)
    if isinstance(error, SlugRefusedError):
        return _slug(error)
    if isinstance(error, HostRefusedError):
        return _host(error)
    if isinstance(error, ColourRefusedError):
        return _("A colour is written like #1E5B45.")
    if isinstance(error, LowContrastError):
        return _(
            "This colour is too pale to be read: its contrast on paper is %(ratio).1f, "
            "and %(least).1f is needed. Take a darker one."
        ) % {"ratio": error.ratio, "least": LEAST_CONTRAST}
    if isinstance(error, ScopeOutsideParentError):
        return _outside(error)
    raise TypeError(type(error))


def _name(error: NameRefusedError) -> str:
    if error.reason == "blank":
        return _("A portal needs a name: it is what visitors read.")
    return _("This name is too long: %(most)d characters at most.") % {"most": LONGEST_NAME}


def _slug(error: SlugRefusedError) -> str:
    if error.reason == "taken":
        return _("Another portal has the address “%(slug)s” already.") % {"slug": error.slug}
    return _(
        "“%(slug)s” is not an address: it is written like grand-cahors, with small letters without "
        "accents, figures and hyphens."
    ) % {"slug": error.slug}


def _host(error: HostRefusedError) -> str:
    if error.reason == "reserved":
        return _(
            "This is the address of the installation itself: the main portal answers there already, "
            "without host name of its own."
        )
    if error.reason == "taken":
        return _("Another portal answers at this name.")
    return _("This is not a host name: it is written like achats-lot.fr.")


def _outside(error: ScopeOutsideParentError) -> str:
    some = Territory.objects.filter(key__in=error.outside[:_NAMED]).order_by("sort_key", "code")
    names = ", ".join(f"{one.name} ({one.code})" for one in some)
    if len(error.outside) > _NAMED:
        names += "…"
    return ngettext(
        "%(count)d commune lies outside the portal above: %(names)s.",
        "%(count)d communes lie outside the portal above: %(names)s.",
        len(error.outside),
    ) % {"count": len(error.outside), "names": names}
