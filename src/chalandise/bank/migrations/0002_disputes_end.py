"""A dispute ends, won or lost by the merchant."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0001_initial")]

    operations = [
        migrations.AddField(
            "bankcharge", "dispute_end", models.CharField(blank=True, max_length=4)
        ),
    ]
