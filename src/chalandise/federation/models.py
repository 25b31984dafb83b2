"""Tables of sources, runs, records and doubtful matches."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.directory.models import Establishment
from chalandise.directory.states import SourceKind
from chalandise.federation.states import MatchState, RunState, SourceFormat
from chalandise.portals.models import Portal


class Source(models.Model):
    """A directory that is read again and again, with the way its columns are read."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="sources")
    key = models.SlugField(_("key"), max_length=80)
    name = models.CharField(_("name"), max_length=160)
    format = models.CharField(_("layout"), max_length=10, choices=SourceFormat.choices)
    kind = models.CharField(_("kind"), max_length=16, choices=SourceKind.choices)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    column_map = models.JSONField(_("columns"), default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(fields=["portal", "key"], name="federation_one_source_a_key"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One reading of one file, resumable from ``mark`` (records already committed)."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(
        _("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(max_length=64)
    mark = models.PositiveBigIntegerField(default=0)
    summary = models.JSONField(_("summary"), default=dict)
    report_path = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-started_at"]

    @override
    def __str__(self) -> str:
        return f"{self.source} · {self.file_name}"


class SourceRecord(models.Model):
    """What a source last said of one place."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="records")
    external_id = models.CharField(max_length=160)
    establishment = models.ForeignKey(
        Establishment, null=True, blank=True, on_delete=models.SET_NULL, related_name="records"
    )
    content = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=64)
    run = models.ForeignKey(
        ImportRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="records"
    )
    is_gone = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("source record")
        verbose_name_plural = _("source records")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="federation_one_record_an_id"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.external_id


class Match(models.Model):
    """A doubtful pair: a record that may or may not speak of an establishment."""

    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="matches")
    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, related_name="matches"
    )
    score = models.FloatField(_("likeness"))
    reasons = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=MatchState.choices, default=MatchState.DOUBTFUL
    )
    found_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("doubtful match")
        verbose_name_plural = _("doubtful matches")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "establishment"], name="federation_one_match_a_pair"
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="federation_score_is_a_share"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.record} ~ {self.establishment}"
