"""A payout that came back is a kind of journal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Choices only."""

    dependencies = [("settlements", "0009_payouts_have_fees")]

    operations = [
        migrations.AlterField(
            "ledgerjournal",
            "kind",
            models.CharField(
                choices=[
                    ("sale", "sale"),
                    ("payment", "payment"),
                    ("commission", "commission"),
                    ("refund", "refund"),
                    ("refund_paid", "refund paid"),
                    ("commission_back", "commission given back"),
                    ("dispute", "dispute"),
                    ("dispute_won", "dispute won"),
                    ("dispute_lost", "dispute lost"),
                    ("payout", "payout"),
                    ("payout_back", "payout that came back"),
                    ("provider_fee", "fee of the payment service"),
                ],
                max_length=16,
            ),
        ),
    ]
