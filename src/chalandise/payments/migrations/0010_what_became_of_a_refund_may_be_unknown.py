"""A provider may be unable to say what became of a refund."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_what_cannot_be_watched")]

    operations = [
        migrations.AlterField(
            model_name="discrepancy",
            name="kind",
            field=models.CharField(
                choices=[
                    ("amount", "another amount was taken than was asked"),
                    ("currency", "the money came in another currency"),
                    ("account", "the money went to another account"),
                    ("metadata", "the payment names another order"),
                    ("orphan", "money was taken for a payment that we do not know"),
                    ("missing", "the provider does not know a payment that we count as taken"),
                    ("refund_refused", "the provider refuses a refund"),
                    ("refund_waits", "the merchant’s balance does not cover a refund"),
                    ("refund_missing", "the provider gave back less than we count"),
                    ("refund_unknown", "the provider cannot say what became of a refund"),
                    ("refund_short", "less was left of a payment than was to be given back"),
                    ("dispute", "the cardholder disputes the payment"),
                    ("payout_back", "the merchant’s bank sent a payout back"),
                    ("unknown", "the provider cannot say what became of a payment"),
                    ("unwatched", "a payment or an account cannot be watched"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
    ]
