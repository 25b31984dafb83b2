"""A seller for whom the operator takes no new order, and why (CGI, art. 1649 ter D)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_neighbours_agree_to_be_in_a_basket")]

    operations = [
        migrations.AddField(
            "sellerprofile", "held_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "sellerprofile", "held_for", models.CharField(blank=True, max_length=20)
        ),
    ]
