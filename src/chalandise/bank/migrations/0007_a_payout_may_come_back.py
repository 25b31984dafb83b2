"""A merchant's bank may send a payout back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0006_how_much_is_disputed")]

    operations = [
        migrations.AddField(
            "bankpayout", "came_back_at", models.DateTimeField(blank=True, null=True)
        ),
    ]
