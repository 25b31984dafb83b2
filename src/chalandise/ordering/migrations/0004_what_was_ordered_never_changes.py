"""Order lines and their changes are written once (rule 7 of the house, invariant I11)."""

from django.db import migrations

TABLES = ("ordering_orderline", "ordering_linechange")

FORWARD = """
CREATE FUNCTION ordering_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION ordering_refuse_edit();\n"
    for table in TABLES
)

BACKWARD = (
    "".join(f"DROP TRIGGER {table}_written_once ON {table};\n" for table in TABLES)
    + "DROP FUNCTION ordering_refuse_edit();"
)


class Migration(migrations.Migration):
    dependencies = [("ordering", "0003_orders_and_withdrawals")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
