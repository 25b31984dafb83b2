"""The order of portals is that of their addresses, which have no accents; nothing in the table moves."""

from django.db import migrations


class Migration(migrations.Migration):
    """What the model says of itself."""

    dependencies = [("portals", "0004_the_operator_s_commission")]

    operations = [
        migrations.AlterModelOptions(
            "portal",
            options={
                "ordering": ["slug"],
                "verbose_name": "portal",
                "verbose_name_plural": "portals",
            },
        ),
    ]
