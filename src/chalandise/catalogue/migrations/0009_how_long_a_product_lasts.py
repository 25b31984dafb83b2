"""What is said of how long a product lasts and who repairs it (directive (EU) 2024/825)."""

from django.db import migrations, models

GUARANTEE = ["guarantee_years", "guarantee_producer"]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_a_seller_may_stop")]

    operations = [
        migrations.AddField(
            "product", "durability", models.JSONField(blank=True, db_default={}, default=dict)
        ),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                condition=models.Q(durability__has_keys=GUARANTEE)
                | ~models.Q(durability__has_any_keys=GUARANTEE),
                name="catalogue_a_guarantee_has_years_and_a_producer",
            ),
        ),
    ]
