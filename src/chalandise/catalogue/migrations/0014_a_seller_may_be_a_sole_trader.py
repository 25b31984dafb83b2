"""Who a sole trader is, for the yearly declaration only (CGI 1649 ter A); existing sellers have no row."""

import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0013_categories_speak_english")]

    operations = [
        migrations.CreateModel(
            name="SoleTrader",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sole_trader",
                        serialize=False,
                        to="catalogue.sellerprofile",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=100, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=100, verbose_name="last name"),
                ),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                (
                    "home_address",
                    models.TextField(blank=True, max_length=400, verbose_name="home address"),
                ),
            ],
            options={"verbose_name": "sole trader", "verbose_name_plural": "sole traders"},
        ),
        migrations.AddConstraint(
            "soletrader",
            models.CheckConstraint(
                condition=models.Q(born_on=None) | models.Q(born_on__gte=datetime.date(1900, 1, 1)),
                name="catalogue_a_sole_trader_is_alive",
            ),
        ),
    ]
