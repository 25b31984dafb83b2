"""A kind of product has an English name beside the French one; blank until the tree is loaded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a value of the database: the previous release still writes rows."""

    dependencies = [("catalogue", "0012_a_seller_may_have_a_sanitary_approval")]

    operations = [
        migrations.AddField(
            "productcategory",
            "name_en",
            models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="English name"
            ),
        ),
    ]
