"""What left the shelf when a seller stopped selling online, to come back with them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_new_books_have_a_publisher_s_price")]

    operations = [
        migrations.AddField(
            "sellerprofile", "set_aside", models.JSONField(blank=True, default=list)
        ),
    ]
