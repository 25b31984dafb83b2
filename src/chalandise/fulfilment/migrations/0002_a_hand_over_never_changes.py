"""Into whose hands the goods went is written once (fault 86)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fulfilment_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a hand-over is written once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fulfilment_handover_written_once BEFORE UPDATE OR DELETE ON fulfilment_handover
FOR EACH ROW EXECUTE FUNCTION fulfilment_refuse_change();
"""

BACKWARD = """
DROP TRIGGER fulfilment_handover_written_once ON fulfilment_handover;
DROP FUNCTION fulfilment_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
