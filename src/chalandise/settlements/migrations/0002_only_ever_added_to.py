"""What PostgreSQL refuses: changing history, a journal out of balance, a number after a gap."""

from django.db import migrations

TABLES = [
    "ledgerjournal",
    "ledgerentry",
    "invoice",
    "invoicefile",
    "salesrecord",
    "salesclosure",
    "dailytotal",
    "statement",
]

REFUSE = """
CREATE FUNCTION settlements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

BALANCE = """
CREATE FUNCTION settlements_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM settlements_ledgerentry WHERE journal_id = NEW.journal_id
        GROUP BY currency HAVING sum(amount_cents) <> 0
    ) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settlements_journal_sums_to_zero
    AFTER INSERT ON settlements_ledgerentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settlements_check_balance();

CREATE FUNCTION settlements_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM settlements_ledgerentry WHERE journal_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'journal % has fewer than two entries', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settlements_journal_has_entries
    AFTER INSERT ON settlements_ledgerjournal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settlements_check_entries();
"""

GAPS = """
CREATE FUNCTION settlements_refuse_invoice_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence < 1 OR (NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM settlements_invoice
        WHERE organisation_id = NEW.organisation_id AND kind = NEW.kind AND year = NEW.year
            AND sequence = NEW.sequence - 1
    )) THEN
        RAISE EXCEPTION 'number % has no predecessor', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_invoice_without_gap BEFORE INSERT ON settlements_invoice
    FOR EACH ROW EXECUTE FUNCTION settlements_refuse_invoice_gap();

CREATE FUNCTION settlements_refuse_record_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number < 1 OR (NEW.number > 1 AND NOT EXISTS (
        SELECT 1 FROM settlements_salesrecord
        WHERE organisation_id = NEW.organisation_id AND number = NEW.number - 1
    )) THEN
        RAISE EXCEPTION 'record % has no predecessor', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM settlements_salesclosure
        WHERE organisation_id = NEW.organisation_id AND ends_on >= NEW.recorded_on
    ) THEN
        RAISE EXCEPTION 'the day % is sealed', NEW.recorded_on USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_record_without_gap BEFORE INSERT ON settlements_salesrecord
    FOR EACH ROW EXECUTE FUNCTION settlements_refuse_record_gap();
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSE
            + "".join(
                f"CREATE TRIGGER settlements_{table}_is_kept BEFORE UPDATE OR DELETE"
                f" ON settlements_{table} FOR EACH ROW"
                " EXECUTE FUNCTION settlements_refuse_change();\n"
                for table in TABLES
            ),
            "DROP FUNCTION settlements_refuse_change CASCADE",
        ),
        migrations.RunSQL(
            BALANCE,
            "DROP FUNCTION settlements_check_balance CASCADE;"
            "DROP FUNCTION settlements_check_entries CASCADE",
        ),
        migrations.RunSQL(
            GAPS,
            "DROP FUNCTION settlements_refuse_invoice_gap CASCADE;"
            "DROP FUNCTION settlements_refuse_record_gap CASCADE",
        ),
    ]
