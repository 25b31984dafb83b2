"""What the bank keeps of a charge for the platform, and gives back of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns."""

    dependencies = [("bank", "0003_payouts_may_be_stopped")]

    operations = [
        migrations.AddField(
            "bankcharge", "fee_cents", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "bankcharge",
            "fee_refunded_cents",
            models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            "bankcharge",
            models.CheckConstraint(
                condition=models.Q(
                    ("fee_cents__lte", models.F("amount_cents")),
                    ("fee_refunded_cents__lte", models.F("fee_cents")),
                ),
                name="bank_fees_within_amount",
            ),
        ),
    ]
