"""A category that is no longer proposed stays, so that its shops and its address do."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """When it was retired, and which category takes its place; blank for all that there are."""

    dependencies = [("directory", "0004_categories_speak_english")]

    operations = [
        migrations.AddField(
            "category",
            "retired_at",
            models.DateTimeField(blank=True, null=True, verbose_name="retired"),
        ),
        migrations.AddField(
            "category",
            "successor",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="directory.category",
                verbose_name="replaced by",
            ),
        ),
        migrations.AddConstraint(
            "category",
            models.CheckConstraint(
                condition=models.Q(
                    ("successor", None), ("retired_at__isnull", False), _connector="OR"
                ),
                name="directory_only_what_is_retired_is_replaced",
            ),
        ),
        migrations.AddConstraint(
            "category",
            models.CheckConstraint(
                condition=models.Q(("successor", models.F("key")), _negated=True),
                name="directory_no_category_replaces_itself",
            ),
        ),
    ]
