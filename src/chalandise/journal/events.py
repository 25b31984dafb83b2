"""The register of events: each a frozen dataclass under a stable dotted name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

EventClass = TypeVar("EventClass", bound=type)
Subscriber = Callable[[Any], None]

_names: dict[type, str] = {}
_classes: dict[str, type] = {}
_subscribers: dict[str, list[Subscriber]] = {}


def event(name: str) -> Callable[[EventClass], EventClass]:
    """Register a frozen dataclass of JSON-able fields as the event ``name``."""

    def register(cls: EventClass) -> EventClass:
        if name in _classes and _classes[name].__qualname__ != cls.__qualname__:
            raise ValueError(f"two events are named {name}")
        _names[cls] = name
        _classes[name] = cls
        return cls

    return register


def subscribes(name: str) -> Callable[[Subscriber], Subscriber]:
    """Call the decorated function, after commit and in order, with each event ``name``.

    A subscriber survives being called twice with the same event: delivery is at least once.
    """

    def register(function: Subscriber) -> Subscriber:
        _subscribers.setdefault(name, []).append(function)
        return function

    return register


def name_of(cls: type) -> str:
    """Return the registered name of an event class."""
    return _names[cls]


def names() -> list[str]:
    """Return the names of every registered event, in alphabetical order."""
    return sorted(_classes)


def class_of(name: str) -> type:
    """Return the class registered as ``name``."""
    return _classes[name]


def subscribers_of(name: str) -> list[Subscriber]:
    """Return the functions to call with each event ``name``."""
    return list(_subscribers.get(name, []))


def to_payload(instance: Any) -> dict[str, Any]:
    """Return the JSON-able fields of an event."""
    return dataclasses.asdict(instance)


def from_payload(name: str, payload: dict[str, Any]) -> Any:
    """Build the event back, ignoring fields that a newer or older release wrote."""
    cls = class_of(name)
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{key: value for key, value in payload.items() if key in known})
