"""A new book below its publisher's price is collected, not sent (loi of 10 August 1981, article 1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0011_a_slot_may_move")]

    operations = [
        migrations.AddField(
            "checkoutpart",
            "has_reduced_books",
            models.BooleanField(db_default=False, default=False),
        ),
    ]
