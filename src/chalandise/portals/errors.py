"""Errors of the room.

ChalandiseError
├── UnknownHostError     no portal answers at this host
├── NameRefusedError     the name is blank or too long
├── SlugRefusedError     no portal may take this address
├── HostRefusedError     no portal may take this host name
├── ColourRefusedError   this is not written like a colour
├── LowContrastError     the colour cannot be read on paper or under white
├── NotARootError        only a portal without a parent has this
└── ScopeOutsideParent   a sub-portal would leave its parent's scope
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class UnknownHostError(ChalandiseError):
    """No portal answers at this host.

    Attributes:
        host: the host that was asked for.
    """

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


class NameRefusedError(ChalandiseError):
    """A portal may not be called so.

    Attributes:
        name: what was asked for.
        reason: ``blank`` or ``too_long``.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name!r}: {reason}")
        self.name = name
        self.reason = reason


class SlugRefusedError(ChalandiseError):
    """A portal may not have this address below another.

    Attributes:
        slug: the address that was asked for.
        reason: ``malformed`` or ``taken``.
    """

    def __init__(self, slug: str, reason: str) -> None:
        super().__init__(f"{slug!r}: {reason}")
        self.slug = slug
        self.reason = reason


class HostRefusedError(ChalandiseError):
    """A portal may not answer at this host.

    Attributes:
        host: the name that was asked for.
        reason: ``malformed``, ``reserved`` (the installation's own) or ``taken``.
    """

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


class ColourRefusedError(ChalandiseError):
    """This is not a colour as portals keep them, ``#rrggbb``.

    Attributes:
        colour: what was asked for.
    """

    def __init__(self, colour: str) -> None:
        super().__init__(colour)
        self.colour = colour


class LowContrastError(ChalandiseError):
    """The colour cannot be read.

    Attributes:
        colour: the colour asked for, ``#rrggbb``.
        ratio: its contrast with the nearer of paper and white, as WCAG 2.2 counts it.
    """

    def __init__(self, colour: str, ratio: float) -> None:
        super().__init__(f"{colour} has a contrast of {ratio:.2f}")
        self.colour = colour
        self.ratio = ratio


class ScopeOutsideParentError(ChalandiseError):
    """A sub-portal would show places that its parent does not.

    Attributes:
        outside: the keys of the territories that lie outside.
    """

    def __init__(self, outside: list[str]) -> None:
        super().__init__(", ".join(outside))
        self.outside = outside


class NotARootError(ChalandiseError):
    """Only a portal that stands below no other has this; the message is its address."""
