"""A commission invoice is noted as paid; a higher commission is announced before it holds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portals", "0004_the_operator_s_commission"),
        ("settlements", "0010_a_payout_may_come_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="CommissionPaid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid_on", models.DateField()),
                ("noted_at", models.DateTimeField()),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled",
                        to="settlements.commissioninvoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CommissionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before_bp", models.PositiveSmallIntegerField()),
                ("commission_bp", models.PositiveSmallIntegerField()),
                ("announced_at", models.DateTimeField()),
                ("starts_on", models.DateField()),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commission_changes",
                        to="portals.portal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at", None), ("withdrawn_at", None)),
                        fields=("portal",),
                        name="settlements_one_commission_to_come",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("before_bp__lt", models.F("commission_bp")),
                            ("commission_bp__lte", 3000),
                        ),
                        name="settlements_only_a_raise_is_announced",
                    ),
                ],
            },
        ),
    ]
