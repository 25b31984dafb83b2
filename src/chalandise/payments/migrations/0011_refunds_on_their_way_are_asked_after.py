"""Refunds on their way are asked after, however old."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_what_became_of_a_refund_may_be_unknown")]

    operations = [
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "sent")),
                fields=["next_try_at"],
                name="payments_refund_on_its_way",
            ),
        ),
    ]
