"""Selections of one position stand by their addresses, which have no accents; no table moves."""

from django.db import migrations


class Migration(migrations.Migration):
    """What the model says of itself."""

    dependencies = [("editorial", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            "selection",
            options={
                "ordering": ["position", "slug"],
                "verbose_name": "selection",
                "verbose_name_plural": "selections",
            },
        ),
    ]
