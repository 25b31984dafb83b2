"""The shares of a gift basket add up to its price, at the end of every transaction.

Several rows of two tables say it together, so that no constraint on one row can: two deferred
triggers look once the transaction is complete.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION catalogue_shares_add_up() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    basket bigint;
    shared bigint;
    price bigint;
BEGIN
    IF TG_TABLE_NAME = 'catalogue_offer' THEN
        basket := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        basket := OLD.basket_id;
    ELSE
        basket := NEW.basket_id;
    END IF;
    SELECT sum(share_cents) INTO shared FROM catalogue_basketpart WHERE basket_id = basket;
    SELECT price_cents INTO price FROM catalogue_offer WHERE id = basket;
    IF shared IS NOT NULL AND price IS NOT NULL AND shared <> price THEN
        RAISE EXCEPTION 'the shares of basket % add up to % and not to its price, %',
            basket, shared, price USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER catalogue_shares_add_up
AFTER INSERT OR UPDATE OR DELETE ON catalogue_basketpart
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION catalogue_shares_add_up();

CREATE CONSTRAINT TRIGGER catalogue_shares_add_up
AFTER UPDATE OF price_cents ON catalogue_offer
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION catalogue_shares_add_up();
"""

BACKWARDS = """
DROP TRIGGER catalogue_shares_add_up ON catalogue_offer;
DROP TRIGGER catalogue_shares_add_up ON catalogue_basketpart;
DROP FUNCTION catalogue_shares_add_up();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_the_history_of_prices_is_only_added_to")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
