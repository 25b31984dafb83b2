"""A journal of the ledger is closed when its transaction ends: no entry joins it afterwards."""

from django.db import migrations, models

import chalandise.journal.models

TOGETHER = """
CREATE FUNCTION settlements_refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM settlements_ledgerjournal
        WHERE id = NEW.journal_id AND xid = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'journal % is written already', NEW.journal_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_entry_comes_with_its_journal BEFORE INSERT ON settlements_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION settlements_refuse_late_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0002_only_ever_added_to")]

    operations = [
        migrations.AddField(
            model_name="ledgerjournal",
            name="xid",
            field=models.BigIntegerField(
                db_default=chalandise.journal.models.CurrentTransactionId()
            ),
        ),
        migrations.RunSQL(TOGETHER, "DROP FUNCTION settlements_refuse_late_entry CASCADE"),
    ]
