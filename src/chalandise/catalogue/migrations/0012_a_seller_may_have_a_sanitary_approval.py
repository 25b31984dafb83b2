"""The sanitary approval of a seller, or the day its activity was declared (code rural, L233-2)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0011_variants_have_names")]

    operations = [
        migrations.AddField(
            "sellerprofile",
            "sanitary_approval",
            models.CharField(
                blank=True, db_default="", max_length=20, verbose_name="sanitary approval"
            ),
        ),
        migrations.AddField(
            "sellerprofile",
            "hygiene_declared_on",
            models.DateField(blank=True, null=True, verbose_name="activity declared on"),
        ),
        migrations.AddConstraint(
            "sellerprofile",
            models.CheckConstraint(
                condition=models.Q(sanitary_approval="")
                | models.Q(
                    sanitary_approval__regex=r"^FR ([0-9]{2}|2[AB]|97[0-9])\.[0-9]{3}\.[0-9]{3} CE$"
                ),
                name="catalogue_sanitary_approval_has_its_shape",
            ),
        ),
    ]
