"""A movement of stock is written once; a mistake is mended by another movement."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION stock_movement_is_written_once() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a movement of stock is never changed nor removed'
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER stock_movement_is_written_once
BEFORE UPDATE OR DELETE ON stock_stockmovement
FOR EACH ROW EXECUTE FUNCTION stock_movement_is_written_once();
"""

BACKWARDS = """
DROP TRIGGER stock_movement_is_written_once ON stock_stockmovement;
DROP FUNCTION stock_movement_is_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
