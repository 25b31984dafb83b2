"""A firm may buy: its name, its SIREN and where it is invoiced (CGI annexe II, 242 nonies A)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0009_books_have_a_least_fee")]

    operations = [
        migrations.AddField("checkout", "business", models.JSONField(blank=True, default=dict)),
        migrations.AddField("order", "business", models.JSONField(blank=True, default=dict)),
    ]
