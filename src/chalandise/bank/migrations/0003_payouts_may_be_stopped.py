"""When an account is paid out: every day, or not before somebody says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0002_disputes_end")]

    operations = [
        migrations.AddField(
            "bankaccount",
            "payouts",
            models.CharField(db_default="daily", default="daily", max_length=20),
        ),
    ]
