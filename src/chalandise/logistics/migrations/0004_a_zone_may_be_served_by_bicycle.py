"""Whether a shop brings by bicycle or on foot, which customers are told (directive (EU) 2024/825)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("logistics", "0003_a_point_may_be_shut")]

    operations = [
        migrations.AddField(
            "deliveryzone",
            "is_by_bicycle",
            models.BooleanField(
                db_default=False, default=False, verbose_name="by bicycle or on foot"
            ),
        ),
    ]
