"""What the publisher of a new book asks; no bookseller asks more, nor less than 95 % (law of 1981)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_a_seller_may_be_held")]

    operations = [
        migrations.AddField(
            "offer",
            "publisher_price_cents",
            models.PositiveIntegerField(blank=True, null=True, verbose_name="publisher’s price"),
        ),
        migrations.AddField(
            "offer",
            "is_old_stock",
            models.BooleanField(
                db_default=False, default=False, verbose_name="older book, long in stock"
            ),
        ),
        migrations.AddConstraint(
            "offer",
            models.CheckConstraint(
                condition=models.Q(publisher_price_cents__isnull=True)
                | (
                    models.Q(publisher_price_cents__gte=models.F("price_cents"))
                    & (
                        models.Q(is_old_stock=True)
                        | models.Q(publisher_price_cents__lte=models.F("price_cents") * 100 / 95)
                    )
                ),
                name="catalogue_a_new_book_costs_what_its_publisher_says",
            ),
        ),
    ]
