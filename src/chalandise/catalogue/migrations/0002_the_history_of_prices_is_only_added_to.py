"""Past prices are evidence (C. conso L112-1-1): the database lets them be added and no more.

The price somebody was shown is in three tables: the price changes, the promotions, and the offer
itself. The first never changes; a promotion may end earlier than announced.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION catalogue_price_change_is_written_once() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a past price is never changed nor removed'
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER catalogue_price_change_is_written_once
BEFORE UPDATE OR DELETE ON catalogue_pricechange
FOR EACH ROW EXECUTE FUNCTION catalogue_price_change_is_written_once();

CREATE FUNCTION catalogue_promotion_only_ends_earlier() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND NEW.ends_at <= OLD.ends_at
       AND (NEW.id, NEW.offer_id, NEW.price_cents, NEW.starts_at, NEW.created_at, NEW.created_by)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.offer_id, OLD.price_cents, OLD.starts_at, OLD.created_at, OLD.created_by)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a promotion may end earlier, and nothing else of it changes'
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER catalogue_promotion_only_ends_earlier
BEFORE UPDATE OR DELETE ON catalogue_promotion
FOR EACH ROW EXECUTE FUNCTION catalogue_promotion_only_ends_earlier();
"""

BACKWARDS = """
DROP TRIGGER catalogue_promotion_only_ends_earlier ON catalogue_promotion;
DROP FUNCTION catalogue_promotion_only_ends_earlier();
DROP TRIGGER catalogue_price_change_is_written_once ON catalogue_pricechange;
DROP FUNCTION catalogue_price_change_is_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
