"""Answers given to the server whole, in one piece.

Django gives every answer as something to be walked through. granian sends such an answer piece by
piece, through a channel of its own and in a packet apart from its head; a list it sends at once. A
page of ours is whole in memory anyway; only files and exports are not, and they go as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.http import HttpResponse
from django.http.response import HttpResponseBase

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


def in_one_piece(
    application: Callable[[WSGIEnvironment, StartResponse], HttpResponseBase],
) -> Application:
    """Return the application, answering with a list wherever the answer is whole.

    What a server does last with something to be walked through (PEP 3333: ``close``) is done before,
    since a list has no end to be told of.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = application(environ, start_response)
        if not isinstance(response, HttpResponse):
            return response
        body = [response.content]
        response.close()
        return body

    return answer
