"""The operator declares sellers and may invoice them: its SIREN and its VAT number."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portals", "0001_initial")]

    operations = [
        migrations.AddField(
            "portal",
            "operator_siren",
            models.CharField(
                blank=True,
                max_length=9,
                validators=[
                    django.core.validators.RegexValidator("^\\d{9}$", "A SIREN has nine figures.")
                ],
                verbose_name="operator's SIREN",
            ),
        ),
        migrations.AddField(
            "portal",
            "operator_vat_number",
            models.CharField(blank=True, max_length=16, verbose_name="operator's VAT number"),
        ),
    ]
