"""A pooled point is closed for some hours although its hours say otherwise."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logistics", "0002_people_of_a_point"),
    ]

    operations = [
        migrations.CreateModel(
            name="PointClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
                ("announced_at", models.DateTimeField()),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closings",
                        to="logistics.pickuppoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "exceptional closing of a pickup point",
                "verbose_name_plural": "exceptional closings of pickup points",
                "indexes": [
                    models.Index(fields=["point", "ends_at"], name="logistics_point_is_shut")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="logistics_closing_has_a_length",
                    )
                ],
            },
        ),
    ]
