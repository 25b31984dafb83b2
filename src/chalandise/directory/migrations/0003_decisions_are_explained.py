"""Decisions are told with their reasons, and may be contested."""

import django.db.models.deletion
from django.db import migrations, models

import chalandise.kernel.tokens


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_stand_ins"),
        ("portals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=chalandise.kernel.tokens.new_link_token, max_length=64, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hidden", "the sheet is hidden"),
                            ("closed", "the sheet is closed"),
                            ("followed", "the notice was followed"),
                            ("dismissed", "the notice was not followed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("terms", "the terms of this portal"),
                            ("law", "the law"),
                            ("facts", "the facts: what it says is not, or no longer, so"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reasons")),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.CharField(max_length=200)),
                (
                    "complaint",
                    models.TextField(blank=True, max_length=4000, verbose_name="complaint"),
                ),
                (
                    "complaint_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                ("contested_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                ("is_reversed", models.BooleanField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                (
                    "establishment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="directory.establishment",
                    ),
                ),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portals.portal",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decision",
                        to="directory.errorreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("answered_at__isnull", True), ("contested_at__isnull", False)
                        ),
                        fields=["contested_at"],
                        name="directory_open_complaints",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", True),
                            models.Q(
                                ("contested_at__isnull", False), ("is_reversed__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="directory_an_answer_decides_a_complaint",
                    )
                ],
            },
        ),
    ]
