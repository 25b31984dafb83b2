"""A dispute that was decided may begin again, or be decided the other way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_payouts_are_noted")]

    operations = [
        migrations.AddField(
            "dispute", "turns", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
    ]
