"""Sales to firms are told apart: they are invoiced, and never in the totals of sales to consumers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlements", "0003_a_journal_is_written_at_once")]

    operations = [
        migrations.AddField("salesrecord", "is_to_business", models.BooleanField(default=False)),
    ]
