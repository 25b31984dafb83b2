"""An order line may lose its offer, and nothing else: the offer's removal must not be refused."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION ordering_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) ->> 'offer_id' IS NULL
        AND to_jsonb(OLD) ->> 'offer_id' IS NOT NULL
        AND to_jsonb(NEW) - 'offer_id' = to_jsonb(OLD) - 'offer_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION ordering_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ordering", "0005_carts_and_checkouts")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
