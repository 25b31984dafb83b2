"""A dispute ends: decided for the merchant, or for the cardholder."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_a_payment_may_be_doubted")]

    operations = [
        migrations.AddField(
            "dispute",
            "state",
            models.CharField(
                choices=[
                    ("open", "under way"),
                    ("won", "decided for the merchant"),
                    ("lost", "decided for the cardholder"),
                ],
                default="open",
                max_length=4,
                verbose_name="state",
            ),
        ),
        migrations.AddField("dispute", "ended_at", models.DateTimeField(blank=True, null=True)),
    ]
