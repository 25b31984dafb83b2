"""A gift basket pays for a new book what a bookseller may ask for it: 95 to 100 % of its publisher's price.

The rule is in three tables, so that no constraint on one row can say it: a deferred trigger looks once
the transaction is complete (law of 10 August 1981).
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION catalogue_books_keep_their_price() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    SELECT b.share_cents AS share, o.publisher_price_cents::bigint * b.quantity AS asked INTO part
    FROM catalogue_basketpart b
    JOIN catalogue_offer o ON o.id = b.offer_id
    JOIN catalogue_variant v ON v.id = o.variant_id
    JOIN catalogue_product p ON p.id = v.product_id
    WHERE b.id = NEW.id AND p.category_id = 'livres' AND NOT ('second_hand' = ANY(p.labels))
        AND o.publisher_price_cents IS NOT NULL AND NOT o.is_old_stock;
    IF FOUND AND (part.share > part.asked OR part.share::bigint * 100 < part.asked * 95) THEN
        RAISE EXCEPTION 'a basket pays % for new books of %', part.share, part.asked
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER catalogue_books_keep_their_price
AFTER INSERT OR UPDATE ON catalogue_basketpart
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION catalogue_books_keep_their_price();
"""

BACKWARDS = """
DROP TRIGGER catalogue_books_keep_their_price ON catalogue_basketpart;
DROP FUNCTION catalogue_books_keep_their_price();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_how_long_a_product_lasts")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
