"""What providers paid merchants out."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("payments", "0004_payouts_are_held_at_the_provider")]

    operations = [
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=120)),
                ("amount_cents", models.BigIntegerField(verbose_name="amount")),
                ("fees_cents", models.BigIntegerField(default=0)),
                ("left_at", models.DateTimeField()),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.merchantaccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "reference"), name="payments_a_payout_is_noted_once"
                    )
                ],
            },
        ),
    ]
