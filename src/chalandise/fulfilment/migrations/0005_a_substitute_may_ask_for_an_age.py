"""What is offered instead of something missing may be for adults only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0004_a_promise_may_be_missed")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="substitute_age",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
