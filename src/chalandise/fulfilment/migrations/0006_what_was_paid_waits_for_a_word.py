"""What was paid and never collected waits for its merchant's word, who is asked now and then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0005_a_substitute_may_ask_for_an_age")]

    operations = [
        migrations.AddField(
            model_name="fulfilment",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="times_asked",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
