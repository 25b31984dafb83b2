"""Choices and transition tables of the federation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class SourceFormat(models.TextChoices):
    """Layouts that can be read."""

    SIRENE = "sirene", _("SIRENE register")
    OSM = "osm", _("OpenStreetMap")
    CSV = "csv", _("table")


class RunState(models.TextChoices):
    """The life of an import."""

    RUNNING = "running", _("running")
    WAITING = "waiting", _("waiting for a decision")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped by an error")
    DROPPED = "dropped", _("closed, nothing removed")


RUN_TRANSITIONS = Transitions.of(
    {
        RunState.RUNNING: {RunState.WAITING, RunState.DONE, RunState.FAILED},
        RunState.WAITING: {RunState.RUNNING, RunState.FAILED, RunState.DROPPED},
        RunState.FAILED: {RunState.RUNNING},
        RunState.DONE: set(),
        RunState.DROPPED: set(),
    }
)


class MatchState(models.TextChoices):
    """The life of a doubtful match."""

    DOUBTFUL = "doubtful", _("to decide")
    MERGED = "merged", _("the same place")
    REJECTED = "rejected", _("another place")


MATCH_TRANSITIONS = Transitions.of(
    {
        MatchState.DOUBTFUL: {MatchState.MERGED, MatchState.REJECTED},
        MatchState.MERGED: set(),
        MatchState.REJECTED: set(),
    }
)
