"""How much of a charge its holder disputes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0005_payouts")]

    operations = [
        migrations.AddField(
            "bankcharge", "disputed_cents", models.PositiveIntegerField(db_default=0, default=0)
        ),
    ]
