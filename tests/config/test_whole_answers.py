"""Answers are given to the server in one piece, and ended as Django wants them ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from chalandise.config.whole_answers import in_one_piece


class _Server:
    """What a server gives to an application to begin its answer with."""

    def __init__(self) -> None:
        self.statuses: list[str] = []

    def __call__(self, status: str, headers: object, exc_info: object = None, /) -> Any:
        self.statuses.append(status)


@pytest.fixture
def finished() -> Iterator[list[object]]:
    """How often Django was told that a request is over."""
    told: list[object] = []

    def note(sender: object, **_more: object) -> None:
        told.append(sender)

    request_finished.connect(note)
    yield told
    request_finished.disconnect(note)


def test_a_page_goes_out_as_one_list_and_is_over_once(db: None, finished: list[object]) -> None:
    server = _Server()
    body = in_one_piece(get_wsgi_application())(
        RequestFactory().get("/health/live").environ, server
    )
    assert isinstance(body, list)
    assert len(body) == 1
    assert body[0]
    assert server.statuses == ["200 OK"]
    assert len(finished) == 1


def test_what_was_kept_open_for_an_answer_is_closed_before_it_goes_out() -> None:
    closed: list[bool] = []

    class _Kept:
        def close(self) -> None:
            closed.append(True)

    response = HttpResponse(b"whole")
    response._resource_closers.append(_Kept().close)  # type: ignore[attr-defined]
    assert in_one_piece(lambda _environ, _start: response)({}, _Server()) == [b"whole"]
    assert closed == [True]


def test_an_export_is_still_walked_through_and_closed_by_the_server(
    finished: list[object],
) -> None:
    response = StreamingHttpResponse(iter([b"one", b"two"]))
    answer = in_one_piece(lambda _environ, _start: response)({}, _Server())
    assert answer is response
    assert list(answer) == [b"one", b"two"]
    assert not finished
    response.close()
    assert len(finished) == 1
