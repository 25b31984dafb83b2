"""The harmonised notice on the legal guarantee (regulation (EU) 2025/1960), as its file was published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portals", "0002_the_operator_has_a_number")]

    operations = [
        migrations.AddField(
            "portal",
            "guarantee_notice",
            models.ImageField(
                blank=True,
                db_default="",
                height_field="guarantee_notice_height",
                upload_to="portals/",
                verbose_name="notice of the legal guarantee",
                width_field="guarantee_notice_width",
            ),
        ),
        migrations.AddField(
            "portal",
            "guarantee_notice_width",
            models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "portal",
            "guarantee_notice_height",
            models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "portal",
            "guarantee_notice_link",
            models.URLField(
                blank=True,
                db_default="",
                verbose_name="address that the QR code of the notice says",
            ),
        ),
    ]
