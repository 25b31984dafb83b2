"""Attempts are counted without a log: after a crash of PostgreSQL they begin anew.

Nobody is owed an attempt that was counted, and each would otherwise wait for the disk.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_outbox_of_pages"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE journal_ratebucket SET UNLOGGED",
            "ALTER TABLE journal_ratebucket SET LOGGED",
        ),
    ]
