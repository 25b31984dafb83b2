"""What is still to come is found by its promised day, among orders of many years."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0012_reduced_books_are_collected")]

    operations = [
        migrations.AddIndex(
            model_name="merchantorder",
            index=models.Index(
                condition=models.Q(("state__in", ["placed", "accepted"])),
                fields=["promised_on"],
                name="ordering_open_promises",
            ),
        ),
    ]
