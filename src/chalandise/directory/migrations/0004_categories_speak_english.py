"""A category has an English name beside the French one; blank until the shipped tree is loaded."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns with a value of the database: the previous release still writes rows."""

    dependencies = [("directory", "0003_decisions_are_explained")]

    operations = [
        migrations.AddField(
            "category",
            "name_en",
            models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="English name"
            ),
        ),
        migrations.AddField(
            "category",
            "plural_en",
            models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="English plural"
            ),
        ),
        migrations.AddField(
            "category",
            "synonyms_en",
            ArrayField(
                models.CharField(max_length=60),
                blank=True,
                db_default=[],
                default=list,
                verbose_name="English synonyms",
            ),
        ),
    ]
