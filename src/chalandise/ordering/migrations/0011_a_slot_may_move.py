"""How often a slot was moved, for calendars."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0010_firms_buy_too"),
    ]

    operations = [
        migrations.AddField(
            model_name="merchantorder",
            name="slot_moves",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
