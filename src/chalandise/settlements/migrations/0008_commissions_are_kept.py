"""What PostgreSQL refuses of commission invoices: a change, a deletion, a number after a gap."""

from django.db import migrations

KEEP = """
CREATE TRIGGER settlements_commissioninvoice_is_kept BEFORE UPDATE OR DELETE
    ON settlements_commissioninvoice FOR EACH ROW EXECUTE FUNCTION settlements_refuse_change();

CREATE FUNCTION settlements_refuse_commission_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence < 1 OR (NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM settlements_commissioninvoice
        WHERE portal_id = NEW.portal_id AND kind = NEW.kind AND year = NEW.year
            AND sequence = NEW.sequence - 1
    )) THEN
        RAISE EXCEPTION 'number % has no predecessor', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlements_commission_without_gap BEFORE INSERT ON settlements_commissioninvoice
    FOR EACH ROW EXECUTE FUNCTION settlements_refuse_commission_gap();
"""


class Migration(migrations.Migration):
    dependencies = [("settlements", "0007_commissions_are_invoiced")]

    operations = [
        migrations.RunSQL(
            KEEP,
            "DROP TRIGGER settlements_commissioninvoice_is_kept ON settlements_commissioninvoice;"
            "DROP FUNCTION settlements_refuse_commission_gap CASCADE",
        ),
    ]
