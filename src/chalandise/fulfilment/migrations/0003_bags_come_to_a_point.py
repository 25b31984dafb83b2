"""A merchant order comes to its pooled point in bags, and is packed before it is ready."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0002_a_hand_over_never_changes"),
        ("ordering", "0009_books_have_a_least_fee"),
    ]

    operations = [
        migrations.AddField(
            model_name="fulfilment",
            name="bags",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="bags"),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="bags_arrived",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="fulfilment",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting for the merchant"),
                    ("preparing", "being prepared"),
                    ("packed", "packed, to be brought to the point"),
                    ("ready", "ready"),
                    ("sent", "on its way"),
                    ("handed_over", "handed over"),
                    ("delivered", "delivered"),
                    ("not_collected", "not collected"),
                    ("stopped", "stopped"),
                ],
                default="waiting",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="fulfilment",
            constraint=models.CheckConstraint(
                condition=models.Q(("bags__gte", 1), ("bags_arrived__lte", models.F("bags"))),
                name="fulfilment_no_more_bags_than_packed",
            ),
        ),
    ]
