"""Money that left an account for the merchant's own bank."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chalandise.bank.models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("bank", "0004_a_platform_may_take_a_fee")]

    operations = [
        migrations.CreateModel(
            name="BankPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=chalandise.bank.models.new_payout_reference,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paid_out",
                        to="bank.bankaccount",
                    ),
                ),
            ],
        ),
    ]
