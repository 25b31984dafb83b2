"""Addresses that are read late, and threads that ask for them at the same moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path, resolve, reverse
from django.utils.functional import cached_property
from typing_extensions import override

from chalandise.config import late_urls
from chalandise.config.late_urls import LateFace

LONGEST_SECONDS = 30
NOTICED_SECONDS = 0.2
ROOT = "tests.config.late_root"
FACE = "tests.config.late_face"


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class SlowFace(LateFace):
    """A face without a name of its own, whose module takes as long as the test wishes."""

    begun: threading.Event
    may_end: threading.Event
    readings = 0

    @override
    @cached_property
    def urlconf_module(self) -> Any:
        self.readings += 1
        self.begun.set()
        assert self.may_end.wait(LONGEST_SECONDS)
        return sys.modules[FACE]


@pytest.fixture
def face(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowFace]:
    module = ModuleType(FACE)
    vars(module).update(urlpatterns=[path("first/", page, name="first")])
    monkeypatch.setitem(sys.modules, FACE, module)
    face = SlowFace("late/", FACE)
    face.begun, face.may_end = threading.Event(), threading.Event()
    root = ModuleType(ROOT)
    vars(root)["urlpatterns"] = [path("", page, name="home"), face]
    monkeypatch.setitem(sys.modules, ROOT, root)
    clear_url_caches()
    yield face
    clear_url_caches()


def open_the_first_page(answers: list[str]) -> None:
    resolve("/late/first/", ROOT)
    answers.append(reverse("first", ROOT))


def test_two_threads_that_open_the_first_page_at_once_both_get_it(face: SlowFace) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=open_the_first_page, args=[answers]) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert face.begun.wait(LONGEST_SECONDS)
    face.may_end.set()
    for thread in threads:
        thread.join(LONGEST_SECONDS)

    assert answers == ["/late/first/", "/late/first/"]
    assert face.readings == 1


def test_nobody_comes_past_the_addresses_before_their_names_count(
    face: SlowFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that was found already, and writes links to others of its face, would break once."""
    reverse("home", ROOT)
    came_past = threading.Event()
    too_early: list[bool] = []

    def come_past() -> None:
        resolve("/late/first/", ROOT)
        came_past.set()

    other = threading.Thread(target=come_past)

    def forget_late() -> None:
        other.start()
        too_early.append(came_past.wait(NOTICED_SECONDS))
        clear_url_caches()

    monkeypatch.setattr(late_urls, "clear_url_caches", forget_late)
    face.may_end.set()
    answers: list[str] = []
    open_the_first_page(answers)
    other.join(LONGEST_SECONDS)

    assert answers == ["/late/first/"]
    assert too_early == [False]
    assert came_past.is_set()


def test_who_writes_another_page_does_not_wait_for_a_face_that_is_read(face: SlowFace) -> None:
    answers: list[str] = []
    first = threading.Thread(target=open_the_first_page, args=[answers])
    first.start()
    assert face.begun.wait(LONGEST_SECONDS)

    assert reverse("home", ROOT) == "/"
    assert not answers

    face.may_end.set()
    first.join(LONGEST_SECONDS)
    assert answers == ["/late/first/"]
