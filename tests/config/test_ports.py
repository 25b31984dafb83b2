"""A port that somebody else listens on is found before anything long begins."""

from __future__ import annotations

import socket

import pytest
from click import ClickException

from chalandise.config.ports import require_free


def test_a_port_that_is_taken_is_named_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ClickException, match=str(port)):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)
