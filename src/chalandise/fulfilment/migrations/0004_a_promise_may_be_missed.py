"""What was promised and did not come is noted once; a customer may demand it by a last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0003_bags_come_to_a_point"),
        ("ordering", "0013_open_promises_are_found_fast"),
    ]

    operations = [
        migrations.AddField(
            model_name="fulfilment",
            name="late_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="demanded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="demanded_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="lapsed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                condition=models.Q(("demanded_until__isnull", False), ("lapsed_at__isnull", True)),
                fields=["demanded_until"],
                name="fulfilment_demanded",
            ),
        ),
        migrations.AddConstraint(
            model_name="fulfilment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("demanded_at__isnull", True), ("demanded_until__isnull", True)),
                    models.Q(("demanded_at__isnull", False), ("demanded_until__isnull", False)),
                    _connector="OR",
                ),
                name="fulfilment_a_demand_has_its_day",
            ),
        ),
    ]
