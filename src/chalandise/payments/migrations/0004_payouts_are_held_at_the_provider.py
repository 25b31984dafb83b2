"""Since when the provider keeps payouts back, and how they left before (fault 24)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_disputes_end")]

    operations = [
        migrations.AddField(
            "merchantaccount",
            "payouts_stopped_at",
            models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            "merchantaccount",
            "payout_rhythm",
            models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
