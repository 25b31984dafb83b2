"""Asking a provider: bounded, counted by a breaker, under a key that was stored first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F

from chalandise.kernel.failpoints import failpoint
from chalandise.payments.breaker import BREAKERS
from chalandise.payments.errors import (
    FinalProviderError,
    KeyReusedError,
    ProviderDownError,
    RetryableProviderError,
)
from chalandise.payments.models import ProviderCall

T = TypeVar("T")
Answer = dict[str, Any]


def ask(provider: str, question: Callable[[], T], *, at: datetime) -> T:
    """Ask a provider something, unless it has failed too often just now.

    Raises:
        ProviderDownError: the breaker is open: nobody is made to wait.
        ProviderError: what the provider answered.
    """
    breaker = BREAKERS.of(provider)
    if not breaker.lets_through(at):
        raise ProviderDownError("breaker")
    try:
        answer = question()
    except RetryableProviderError:
        breaker.failed(at)
        raise
    except FinalProviderError:
        breaker.succeeded()  # it answered
        raise
    breaker.succeeded()
    return answer


def call_once(
    provider: str,
    kind: str,
    key: str,
    request: Mapping[str, Any],
    do: Callable[[], Answer],
    *,
    at: datetime,
) -> Answer:
    """Have a provider do something once, however often we are killed and start again.

    The key and a digest of the request are committed before the call; an answer that was kept is
    returned without asking again; a call without answer is repeated under the same key.

    Args:
        provider: who is asked.
        kind: what for, for people who inquire.
        key: names the business operation.
        request: what is asked, JSON-able; the same for the same key, always.
        do: makes the call and returns a JSON-able answer.
        at: now.

    Raises:
        KeyReusedError: the key was used for another request.
        ProviderError: what the provider answered.
    """
    call = _store(provider, kind, key, request, at=at)
    if call.answer is not None:
        return call.answer
    failpoint("payments.call.stored")
    try:
        answer = ask(provider, do, at=at)
    except (RetryableProviderError, FinalProviderError) as error:
        problem = f"{type(error).__name__}: {error}"[:80]
        ProviderCall.objects.filter(pk=key).update(problem=problem)
        raise
    failpoint("payments.call.answered")
    ProviderCall.objects.filter(pk=key).update(answer=answer, answered_at=at, problem="")
    failpoint("payments.call.kept")
    return answer


def _store(
    provider: str, kind: str, key: str, request: Mapping[str, Any], *, at: datetime
) -> ProviderCall:
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    call = ProviderCall.objects.filter(pk=key).first()
    if call is None:
        try:
            with transaction.atomic(durable=True):
                return ProviderCall.objects.create(
                    key=key,
                    provider=provider,
                    kind=kind,
                    request_digest=digest,
                    attempts=1,
                    stored_at=at,
                )
        except IntegrityError:  # somebody stored it first
            call = ProviderCall.objects.get(pk=key)
    if call.request_digest != digest:
        raise KeyReusedError(key)
    if call.answer is None:
        ProviderCall.objects.filter(pk=key).update(attempts=F("attempts") + 1)
    return call
